import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { openBlock } from '../../../../src/storage/embedded/block/block.ts';
import { createBlockBuilder } from '../../../../src/storage/embedded/block/block-builder.ts';
import { memoryBlockFile } from '../../../../src/storage/embedded/block/block-file.ts';
import { PageCache } from '../../../../src/storage/embedded/block/page-cache.ts';
import { encodeSpans } from '../../../../src/wire/otlp/encode-trace.ts';
import { scanSpans } from '../../../../src/wire/otlp/scan-spans.ts';
import { aTrace } from '../../../harness/a-span.ts';

const SPANS = 8;

describe('the footer of a block that is open', () => {
  it('has its keys in memory of its own, since it is kept for as long as the block', () => {
    const otlp = encodeSpans(aTrace(SPANS));
    const builder = createBlockBuilder({ spansExpected: SPANS });
    builder.add(otlp, scanSpans(otlp));
    const file = memoryBlockFile(Buffer.from(builder.finish(1).bytes));
    const { columns } = openBlock(file, new PageCache(0)).pages.footer;
    const buffers = new Set(columns.map(({ key }) => key.buffer));
    expect(columns.length).toBeGreaterThan(1);
    expect(buffers.size).toBe(1);
    for (const { byteLength } of buffers) expect(byteLength).toBeLessThan(Buffer.poolSize);
  });
});
