import { createReadStream } from 'node:fs';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Span } from '../../../src/model/span.ts';
import { errorText } from '../../../src/runtime/errors.ts';
import type { EmbeddedStorage } from '../../../src/storage/embedded/embedded-storage.ts';
import { exportToFile } from '../../../src/tools/store/export-store.ts';
import type { Exported, SpanTimes } from '../../../src/tools/store/export-store.ts';
import { importSpans } from '../../../src/tools/store/import-spans.ts';
import type { Imported } from '../../../src/tools/store/import-spans.ts';
import { formatOfName } from '../../../src/tools/store/otlp-file-format.ts';
import { chosenTenants, lookAtStore } from '../../../src/tools/store/stored-store.ts';
import { encodeSpans } from '../../../src/wire/otlp/encode-trace.ts';
import { TEST_TIME_NANO, aBatch, aSpan, aTrace, traceId } from '../../harness/a-span.ts';
import { openTestStorage } from '../../harness/embedded-storage.ts';
import {
  NEVER_ABORTED,
  aQuery,
  collectTraces,
  findIds,
  getSpans,
} from '../../harness/read-traces.ts';
import { OFFLINE, aFolder, aStore, filesOf, writeTrace } from './a-store.ts';

const ALWAYS: SpanTimes = { fromNano: 0n, toNano: 2n ** 64n - 1n };

interface ExportOptions {
  readonly times?: SpanTimes;
  readonly tenant?: string;
  readonly isArchive?: boolean;
}

async function exportStore(
  folder: string,
  file: string,
  { times = ALWAYS, tenant = '', isArchive = false }: ExportOptions = {},
): Promise<Exported> {
  const store = await lookAtStore(folder);
  const [chosen] = chosenTenants(store, { tenant, isArchive });
  if (chosen === undefined) throw new Error('no such tenant');
  return exportToFile({ store, tenant: chosen, times, format: formatOfName(file) }, file);
}

async function importFiles(
  directory: string,
  files: readonly string[],
  target: { readonly tenant?: string; readonly isArchive?: boolean } = {},
): Promise<Imported> {
  const request = { directory, tenant: '', isArchive: false, ...target };
  return importSpans(
    files.map((name) => ({ name, open: () => createReadStream(name) })),
    request,
    OFFLINE,
  );
}

async function opened(folder: string): Promise<EmbeddedStorage> {
  const storage = await openTestStorage(folder);
  onTestFinished(() => storage.close());
  return storage;
}

/** The order of attributes is not kept. */
function inOrder(spans: readonly Span[]): readonly Span[] {
  return spans.map((span) => ({
    ...span,
    attributes: span.attributes.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
  }));
}

/** Traces 1 to 6, some in blocks and some in the log, with values of all kinds. */
function someTraces(): Promise<string> {
  return aStore(async (storage) => {
    for (let number = 1; number <= 6; number++) {
      await writeTrace(storage, number, {
        ...{ spans: 20, name: `größe ${number}` },
        attributes: { text: '\u202e"\n', number: 2n ** 62n, double: 0.1, flag: false },
      });
      if (number % 2 === 0 && number < 6) await storage.flush();
    }
  });
}

describe('exporting and importing', () => {
  it.each(['spans.otlp', 'spans.json', 'spans.otlp.gz', 'spans.jsonl.zst'])(
    'brings every span to another store by way of %s',
    async (name) => {
      const folder = await someTraces();
      const file = join(await aFolder(), name);
      expect(await exportStore(folder, file)).toMatchObject({ spans: 120, damagedPages: 0 });
      const target = await aFolder();
      expect(await importFiles(target, [file])).toMatchObject({
        ...{ files: 1, spans: 120, refused: 0 },
      });
      const before = await opened(folder);
      const after = await opened(target);
      const ids = await findIds(before, aQuery());
      expect(await findIds(after, aQuery())).toEqual(ids);
      for (const id of ids) {
        expect(inOrder(await getSpans(after, id))).toEqual(inOrder(await getSpans(before, id)));
      }
    },
  );

  it('shows a span once that is imported twice', async () => {
    const folder = await someTraces();
    const file = join(await aFolder(), 'spans.otlp');
    await exportStore(folder, file);
    await importFiles(folder, [file, file]);
    await importFiles(folder, [file]);
    expect(await getSpans(await opened(folder), traceId(1))).toHaveLength(20);
  });

  it('writes files as the file exporter of the OpenTelemetry Collector does', async () => {
    const folder = await aStore(async (storage) => {
      await writeTrace(storage, 1, { spans: 1 });
      await storage.flush();
    });
    const out = await aFolder();
    await exportStore(folder, join(out, 'a.json'));
    const [line = '', end] = (await readFile(join(out, 'a.json'), 'utf8')).split('\n');
    expect(JSON.parse(line)).toMatchObject({
      resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: traceId(1) }] }] }],
    });
    expect(end).toBe('');
    await exportStore(folder, join(out, 'a.otlp'));
    const bytes = await readFile(join(out, 'a.otlp'));
    expect(bytes.readUInt32BE()).toBe(bytes.length - 4);
    expect(bytes[4]).toBe(0x0a);
  });

  it('reads messages that are compressed one by one', async () => {
    const file = join(await aFolder(), 'exporter.zst');
    const message = zstdCompressSync(encodeSpans(aTrace(4)));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(message.length);
    await writeFile(file, Buffer.concat([length, message, length, message]));
    const target = await aFolder();
    expect(await importFiles(target, [file])).toMatchObject({ messages: 2, spans: 8 });
    expect(await getSpans(await opened(target), traceId(1))).toHaveLength(4);
  });

  it('exports only the spans that start within the times that are asked for', async () => {
    const folder = await someTraces();
    const file = join(await aFolder(), 'some.otlp');
    const at = (seconds: number): bigint => TEST_TIME_NANO + BigInt(seconds) * 1_000_000_000n;
    const times = { fromNano: at(2), toNano: at(4) - 1n };
    expect(await exportStore(folder, file, { times })).toMatchObject({ spans: 40 });
    const target = await aFolder();
    await importFiles(target, [file]);
    expect(await findIds(await opened(target), aQuery())).toEqual([3, 2].map(traceId));
  });

  it('exports one tenant, and imports into another and into the archive', async () => {
    const folder = await aStore(async (storage) => {
      await writeTrace(storage, 1, { tenant: 'a' });
      await writeTrace(storage, 2, { tenant: 'b' });
      await storage.archive?.writer.write(aBatch([aSpan()], { tenant: 'a' }), NEVER_ABORTED);
    });
    const out = await aFolder();
    await exportStore(folder, join(out, 'b.otlp'), { tenant: 'b' });
    await exportStore(folder, join(out, 'archive.otlp'), { tenant: 'a', isArchive: true });
    const target = await aFolder();
    await importFiles(target, [join(out, 'b.otlp')], { tenant: 'c' });
    await importFiles(target, [join(out, 'archive.otlp')], { tenant: 'c', isArchive: true });
    const storage = await opened(target);
    expect(await findIds(storage, aQuery(), 'c')).toEqual([traceId(2)]);
    const archived = storage.archive?.reader.getTraces('c', [traceId(1)], {}, NEVER_ABORTED);
    if (archived === undefined) throw new Error('no archive');
    expect(await collectTraces(archived)).toMatchObject([{ traceId: traceId(1) }]);
  });

  it('exports the blocks of a store that a process has, and goes on when blocks go meanwhile', async () => {
    const folder = await aFolder();
    const storage = await opened(folder);
    for (let number = 1; number <= 3; number++) {
      await writeTrace(storage, number);
      await storage.flush();
    }
    await writeTrace(storage, 4);
    const store = await lookAtStore(folder);
    const [tenant] = store.tenants;
    const [, second = ''] = await filesOf(folder, '.block');
    await rm(second);
    const file = join(await aFolder(), 'spans.otlp');
    if (tenant === undefined) throw new Error('no tenant');
    const request = { store, tenant, times: ALWAYS, format: formatOfName(file) };
    expect(await exportToFile(request, file)).toMatchObject({ spans: 6 });
  });

  it('counts what is damaged and exports the rest', async () => {
    const folder = await aStore(async (storage) => {
      await writeTrace(storage, 1);
      await writeTrace(storage, 2);
    });
    const [segment = ''] = await filesOf(folder, '.log');
    const bytes = await readFile(segment);
    bytes[200] = (bytes[200] ?? 0) ^ 0xff;
    await writeFile(segment, bytes);
    const file = join(await aFolder(), 'spans.otlp');
    expect(await exportStore(folder, file)).toMatchObject({ spans: 3, damagedRecords: 1 });
  });

  it('leaves no file behind when it fails', async () => {
    const folder = await someTraces();
    const [block = ''] = await filesOf(folder, '.block');
    await writeFile(block, 'no block');
    const out = await aFolder();
    await expect(exportStore(folder, join(out, 'spans.otlp'))).rejects.toThrow('too short');
    expect(await readdir(out)).toEqual([]);
  });

  it.each([
    [
      'cut.otlp',
      Buffer.from([0, 0, 0, 9, 1]),
      'message 1 of CUT cannot be read: the file is cut off',
    ],
    ['huge.otlp', Buffer.alloc(8, 0xff), /4294967295 bytes are more than a message has/],
    ['bad.json', Buffer.from('{"resourceSpans":[]}\n{"resourceSpans":'), /message 2 of .* json/],
    [
      'bad.gz',
      Buffer.from([0x1f, 0x8b, 8, 0, 1, 2]),
      /message 1 of .*: (unexpected end|incorrect)/,
    ],
  ])('names the message of %s that cannot be read', async (name, bytes, expected) => {
    const file = join(await aFolder(), name);
    await writeFile(file, bytes);
    const target = await aFolder();
    const text = typeof expected === 'string' ? expected.replace('CUT', file) : expected;
    await expect(importFiles(target, [file])).rejects.toThrow(text);
  });

  it('names a file that is not there', async () => {
    const file = join(await aFolder(), 'none.otlp');
    const failed: unknown = await importFiles(await aFolder(), [file]).catch(
      (error: unknown) => error,
    );
    expect(errorText(failed)).toBe(`cannot open ${file}: no such file`);
  });

  it('refuses spans without an id, and keeps the others', async () => {
    const file = join(await aFolder(), 'spans.json');
    const good = { traceId: traceId(1), spanId: '1111111111111111', name: 'good' };
    const spans = [good, { ...good, traceId: '' }];
    await writeFile(file, JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
    const target = await aFolder();
    expect(await importFiles(target, [file])).toMatchObject({ spans: 1, refused: 1 });
  });

  it('deletes nothing of a store, however old', async () => {
    const folder = await someTraces();
    await importFiles(folder, []);
    expect(await findIds(await opened(folder), aQuery())).toHaveLength(6);
  });
});
