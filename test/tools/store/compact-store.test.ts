import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkStore } from '../../../src/tools/store/check-store.ts';
import { compactStore } from '../../../src/tools/store/compact-store.ts';
import type { Compacted } from '../../../src/tools/store/compact-store.ts';
import { lookAtStore } from '../../../src/tools/store/stored-store.ts';
import type { Span } from '../../../src/model/span.ts';
import type { DependencyLink } from '../../../src/model/trace-query.ts';
import { aBatch, aResource, aSpan, spanId, traceId } from '../../harness/a-span.ts';
import { openTestStorage } from '../../harness/embedded-storage.ts';
import { NEVER_ABORTED, aQuery, findIds, getSpans } from '../../harness/read-traces.ts';
import { OFFLINE, aFolder, aStore, filesOf, writeTrace } from './a-store.ts';

function compact(
  folder: string,
  limits: { readonly spansMax?: number; readonly tenant?: string } = {},
): Promise<Compacted> {
  const { spansMax = 1000, tenant } = limits;
  return compactStore(folder, { spansMax, tenant }, OFFLINE);
}

interface Seen {
  readonly traces: readonly (readonly Span[])[];
  readonly services: readonly string[];
  readonly links: readonly DependencyLink[];
}

function byId(a: Span, b: Span): number {
  return a.spanId < b.spanId ? -1 : 1;
}

/** What a reader of a store sees. */
async function seen(folder: string): Promise<Seen> {
  const storage = await openTestStorage(folder);
  try {
    const ids = await findIds(storage, aQuery({ limit: 100 }));
    const traces: (readonly Span[])[] = [];
    for (const id of ids) traces.push((await getSpans(storage, id)).toSorted(byId));
    return {
      traces,
      services: await storage.reader.services(''),
      links: await storage.dependencies.links('', 0, 8.64e15),
    };
  } finally {
    await storage.close();
  }
}

/** Eight blocks of a trace each, whose client span is in the block before. */
function eightBlocks(): Promise<string> {
  return aStore(async (storage) => {
    for (let number = 1; number <= 8; number++) {
      const child = { traceId: traceId(number - 1), parentSpanId: spanId(1) };
      await writeTrace(storage, number, { spans: 10 });
      await storage.writer.write(
        aBatch([aSpan({ ...child, spanId: spanId(99), resource: aResource('backend') })]),
        NEVER_ABORTED,
      );
      await storage.flush();
    }
  });
}

describe('compacting a store', () => {
  it('merges small blocks, and changes nothing of what is seen', async () => {
    const folder = await eightBlocks();
    const before = await seen(folder);
    expect(await compact(folder)).toMatchObject({ blocksBefore: 8, blocksAfter: 1, damaged: [] });
    expect(await filesOf(folder, '.block')).toHaveLength(1);
    expect(await seen(folder)).toEqual(before);
    expect(before.links).not.toEqual([]);
    expect(await compact(folder)).toMatchObject({ blocksBefore: 1, blocksAfter: 1 });
  });

  it('makes no block larger than it is told to', async () => {
    const folder = await eightBlocks();
    const before = await seen(folder);
    expect(await compact(folder, { spansMax: 34 })).toMatchObject({ blocksAfter: 3 });
    expect(await seen(folder)).toEqual(before);
  });

  it('makes blocks of what is in the log first', async () => {
    const folder = await aStore((storage) => writeTrace(storage, 1));
    expect(await compact(folder)).toMatchObject({ blocksBefore: 1 });
    expect(await filesOf(folder, '.log')).toEqual([]);
    expect((await seen(folder)).traces).toHaveLength(1);
  });

  it('keeps a span once that several blocks have', async () => {
    const folder = await aStore(async (storage) => {
      for (let time = 0; time < 3; time++) {
        await writeTrace(storage, 1);
        await storage.flush();
      }
    });
    expect(await compact(folder)).toMatchObject({ blocksAfter: 1, repeatedSpans: 6 });
    const check = await checkStore(await lookAtStore(folder));
    expect(check).toMatchObject({ spans: 3, damage: [] });
  });

  it('leaves blocks as they are when one among them is damaged, and names it', async () => {
    const folder = await aStore(async (storage) => {
      for (let number = 1; number <= 4; number++) {
        await writeTrace(storage, number, { attributes: { text: `value-${number}` } });
        await storage.flush();
      }
    });
    const blocks = await filesOf(folder, '.block');
    const damaged = blocks[1] ?? '';
    const bytes = await readFile(damaged);
    const at = bytes.indexOf('value-2');
    bytes[at] = 0;
    await writeFile(damaged, bytes);
    const compacted = await compact(folder);
    expect(compacted.damaged).toMatchObject([{ file: damaged }]);
    expect(await filesOf(folder, '.block')).toEqual(blocks);
  });

  it('merges around a block that cannot be opened, which stays where it is', async () => {
    const folder = await aStore(async (storage) => {
      for (let number = 1; number <= 5; number++) {
        await writeTrace(storage, number);
        await storage.flush();
      }
    });
    const middle = (await filesOf(folder, '.block'))[2] ?? '';
    await writeFile(middle, 'no block');
    expect(await compact(folder)).toMatchObject({
      ...{ blocksBefore: 5, blocksAfter: 3, damaged: [{ file: middle }] },
    });
    await seen(folder);
    expect(await filesOf(folder, '.block')).toContain(middle);
    expect((await seen(folder)).traces).toHaveLength(4);
  });

  it('refuses a store that a process has, and names the process', async () => {
    const folder = await aFolder();
    const storage = await openTestStorage(folder);
    onTestFinished(() => storage.close());
    await expect(compact(folder)).rejects.toThrow(`${folder} is in use by process ${process.pid}`);
  });
});
