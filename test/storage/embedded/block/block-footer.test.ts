import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { openBlock } from '../../../../src/storage/embedded/block/block.ts';
import { createBlockBuilder } from '../../../../src/storage/embedded/block/block-builder.ts';
import { memoryBlockFile } from '../../../../src/storage/embedded/block/block-file.ts';
import { PageCache } from '../../../../src/storage/embedded/block/page-cache.ts';
import { encodeSpans } from '../../../../src/wire/otlp/encode-trace.ts';
import { scanSpans } from '../../../../src/wire/otlp/scan-spans.ts';
import { aSpan } from '../../../harness/a-span.ts';

describe('the footer of a block that is open', () => {
  it('has its keys in memory of its own, since it is kept for as long as the block', () => {
    const otlp = encodeSpans([aSpan({ attributes: { one: 'a', two: 'b' } })]);
    const builder = createBlockBuilder({ spansExpected: 1 });
    builder.add(otlp, scanSpans(otlp));
    const file = memoryBlockFile(Buffer.from(builder.finish(1).bytes));
    const { columns } = openBlock(file, new PageCache(0)).pages.footer;
    const buffers = new Set(columns.map(({ key }) => key.buffer));
    expect(columns.map(({ key }) => key.toString())).toEqual(['', 'one', 'two']);
    expect(buffers.size).toBe(1);
    for (const { byteLength } of buffers) expect(byteLength).toBeLessThan(Buffer.poolSize);
  });
});
