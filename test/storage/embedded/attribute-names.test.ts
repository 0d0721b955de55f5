import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EmbeddedStorage } from '../../../src/storage/embedded/embedded-storage.ts';
import { aBatch, aSpan, spanId, toAttributes, traceId } from '../../harness/a-span.ts';
import { openTestStorage } from '../../harness/embedded-storage.ts';
import { NEVER_ABORTED } from '../../harness/read-traces.ts';

let folder: string;
let storage: EmbeddedStorage;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'embedded-names-'));
  storage = await openTestStorage(folder);
});

afterEach(async () => {
  await storage.close();
  await rm(folder, { recursive: true });
});

async function write(...spans: Parameters<typeof aBatch>[0][number][]): Promise<void> {
  await storage.writer.write(aBatch(spans), NEVER_ABORTED);
}

describe('completion of attributes', () => {
  it('knows keys and values of blocks and of the head, by service', async () => {
    await write(
      aSpan({
        ...{ traceId: traceId(1), serviceName: 'cart', attributes: { color: 'red', size: 7n } },
        events: [
          {
            name: 'e',
            timeUnixNano: 1n,
            attributes: toAttributes({ why: 'late' }),
            droppedAttributesCount: 0,
          },
        ],
      }),
    );
    await storage.flush();
    await write(
      aSpan({ traceId: traceId(2), serviceName: 'shop', attributes: { color: 'blue', on: true } }),
    );
    const { reader } = storage;
    const all = ['color', 'on', 'service.name', 'size', 'why'];
    expect(await reader.attributeKeys?.('')).toEqual(all);
    const ofCart = ['color', 'service.name', 'size', 'why'];
    expect(await reader.attributeKeys?.('', 'cart')).toEqual(ofCart);
    expect(await reader.attributeKeys?.('', 'none')).toEqual([]);
    expect(await reader.attributeKeys?.('other tenant')).toEqual([]);
    expect(await reader.attributeValues?.('', 'color', '', 10)).toEqual(['blue', 'red']);
    expect(await reader.attributeValues?.('', 'color', 'r', 10)).toEqual(['red']);
    expect(await reader.attributeValues?.('', 'color', '', 1)).toEqual(['blue']);
    expect(await reader.attributeValues?.('', 'size', '', 10)).toEqual(['7']);
    expect(await reader.attributeValues?.('', 'on', 't', 10)).toEqual(['true']);
    expect(await reader.attributeValues?.('', 'why', 'l', 10)).toEqual(['late']);
    expect(await reader.attributeValues?.('', 'none', '', 10)).toEqual([]);
  });

  it('finds values that a block keeps as a pattern and numbers', async () => {
    const customers = Array.from({ length: 3000 }, (_, index) =>
      aSpan({
        ...{ traceId: traceId(1), spanId: spanId(index + 1) },
        attributes: { customer: `cust-${index}` },
      }),
    );
    await write(...customers);
    await storage.flush();
    const wanted = ['cust-2999'];
    expect(await storage.reader.attributeValues?.('', 'customer', 'cust-2999', 10)).toEqual(wanted);
    expect(await storage.reader.attributeValues?.('', 'customer', 'cust', 7)).toHaveLength(7);
  });
});
