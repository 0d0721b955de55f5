import { scanSpans } from '../../../wire/otlp/scan-spans.ts';
import { readable } from './attribute-search.ts';
import type { Block } from './block.ts';
import { COLUMNS_MAX, ROWS_PER_PAGE, createBlockBuilder } from './block-builder.ts';
import type { BlockLimits } from './block-builder.ts';
import { writeBlock } from './block-writer.ts';
import type { BlockRows, BuiltBlock } from './block-writer.ts';
import { mergeColumns } from './merge-columns.ts';

type MergeLimits = Omit<BlockLimits, 'spansExpected'>;

/**
 * One block of the spans of several, in trace order, compressed for keeping. A span that more than
 * one of them has is in it once; rows of damaged pages are left out, and show in `damagedPages` of
 * their block. Yields after every few thousand spans, so that the caller can let others have a turn.
 */
export function* mergeBlocks(
  blocks: readonly Block[],
  limits: MergeLimits = {},
): Generator<undefined, BuiltBlock> {
  const columns = yield* columnsOf(blocks, limits);
  if (columns !== undefined) return writeBlock(columns, 3);
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

/** undefined when spans have to be read one by one: something is damaged, or there are many keys. */
function* columnsOf(
  blocks: readonly Block[],
  { columnsMax = COLUMNS_MAX, rowsPerPage = ROWS_PER_PAGE }: MergeLimits,
): Generator<undefined, BlockRows | undefined> {
  const pages = blocks.map((block) => block.pages);
  const merging = mergeColumns(pages, { columnsMax, rowsPerPage });
  for (;;) {
    const step = readable(() => merging.next());
    if (step === undefined || step.done === true) return step?.value;
    yield;
  }
}
