import { Buffer } from 'node:buffer';
import { expect, it } from 'vitest';
import { memoryBlockFile } from '../../../../src/storage/embedded/block/block-file.ts';
import { createBlockBuilder } from '../../../../src/storage/embedded/block/block-builder.ts';
import { BlockError } from '../../../../src/storage/embedded/block/block-format.ts';
import { verifyBlock } from '../../../../src/storage/embedded/block/verify-block.ts';
import { aBatch, aTrace } from '../../../harness/a-span.ts';

function aBlock(): Buffer {
  const builder = createBlockBuilder();
  const { otlp, scan } = aBatch(
    aTrace(9, { attributes: { text: 'value', number: 7n, flag: true, list: 0.5 } }),
  );
  builder.add(otlp, scan);
  return Buffer.from(builder.finish(1).bytes);
}

/** Whether something is found to be wrong. */
function isDamaged(bytes: Buffer): boolean {
  try {
    return verifyBlock(memoryBlockFile(bytes)).damage.length > 0;
  } catch (error) {
    if (error instanceof BlockError) return true;
    throw error;
  }
}

it('finds nothing wrong with a block as it was written', () => {
  expect(verifyBlock(memoryBlockFile(aBlock()))).toEqual({ spanCount: 9, damage: [] });
});

it('finds every bit that is not as it was written', () => {
  const bytes = aBlock();
  const missed: number[] = [];
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const at = bit >> 3;
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
    if (!isDamaged(bytes)) missed.push(bit);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
  }
  expect(missed).toEqual([]);
});
