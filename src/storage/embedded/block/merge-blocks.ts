import { scanSpans } from '../../../wire/otlp/scan-spans.ts';
import type { Block } from './block.ts';
import { createBlockBuilder } from './block-builder.ts';
import type { BlockLimits } from './block-builder.ts';
import type { BuiltBlock } from './block-writer.ts';

/**
 * One block of the spans of several, in trace order, compressed for keeping. A span that more than
 * one of them has is in it once; rows of damaged pages are left out, and show in `damagedPages` of
 * their block. Yields after every few thousand
 * spans, so that the caller can let others have a turn.
 */
export function* mergeBlocks(
  blocks: readonly Block[],
  limits: Omit<BlockLimits, 'spansExpected'> = {},
): Generator<undefined, BuiltBlock> {
  const spansExpected = blocks.reduce((sum, block) => sum + block.spanCount, 0);
  const builder = createBlockBuilder({ ...limits, spansExpected });
  for (const block of blocks) {
    for (const otlp of block.readAll()) {
      builder.add(otlp, scanSpans(otlp));
      yield;
    }
  }
  return builder.finish(3);
}
