import { describe, expect, it } from 'vitest';
import { parseFilterText } from '../../../../src/model/filter-text.ts';
import type { Span } from '../../../../src/model/span.ts';
import { openBlock } from '../../../../src/storage/embedded/block/block.ts';
import type { Block } from '../../../../src/storage/embedded/block/block.ts';
import { createBlockBuilder } from '../../../../src/storage/embedded/block/block-builder.ts';
import { memoryBlockFile } from '../../../../src/storage/embedded/block/block-file.ts';
import { PageCache } from '../../../../src/storage/embedded/block/page-cache.ts';
import type { Rests } from '../../../../src/storage/held-spans/time-slice.ts';
import { TEST_TIME_NANO, aBatch, aSpan, toAttributes, traceId } from '../../../harness/a-span.ts';
import { aQuery } from '../../../harness/read-traces.ts';

const ROWS_PER_PAGE = 64;
const PAGES = 10;
const SPANS = ROWS_PER_PAGE * PAGES;
/** What one value may take of a turn. */
const LONG = 40_000;

function blockOf(spans: readonly Span[], rowsPerPage: number): Block {
  const builder = createBlockBuilder({ spansExpected: SPANS, rowsPerPage });
  const { otlp, scan } = aBatch(spans);
  builder.add(otlp, scan);
  return openBlock(memoryBlockFile(builder.finish(1).bytes), new PageCache(2 ** 26));
}

/** Always over, so that each place where somebody else may have a turn is counted. */
function countingRests(): Rests & { count: number } {
  return {
    count: 0,
    isOver: () => true,
    rest() {
      this.count += 1;
      return Promise.resolve();
    },
  };
}

async function turnsOf(block: Block, filter: string): Promise<{ found: number; rests: number }> {
  const rests = countingRests();
  const query = aQuery({ ...parseFilterText(filter), limit: SPANS });
  const { length } = await block.find(query, {}, rests);
  return { found: length, rests: rests.count };
}

function spanAt(index: number, more: Partial<Span>): Span {
  return aSpan({
    traceId: traceId(1 + index),
    startTimeUnixNano: TEST_TIME_NANO + BigInt(index),
    ...more,
  });
}

describe('a search in a block', () => {
  it('lets others have a turn after each page', async () => {
    const spans = Array.from({ length: SPANS }, (_, index) => spanAt(index, { name: `n${index}` }));
    const block = blockOf(spans, ROWS_PER_PAGE);
    expect(await turnsOf(block, 'name=~".*7"')).toEqual({ found: SPANS / PAGES, rests: PAGES });
  });

  it('lets others have a turn between long texts that a pattern is looked for in', async () => {
    const text = 'x'.repeat(LONG);
    const spans = Array.from({ length: ROWS_PER_PAGE }, (_, index) =>
      spanAt(index, { attributes: toAttributes({ text: `${index}${text}` }) }),
    );
    const { found, rests } = await turnsOf(blockOf(spans, SPANS), 'text=~".*1x.*"');
    expect(found).toBe(7);
    expect(rests).toBeGreaterThanOrEqual(ROWS_PER_PAGE / 4);
  });

  it('lets others have a turn between the events of one span', async () => {
    const text = 'x'.repeat(LONG);
    const events = Array.from({ length: ROWS_PER_PAGE }, (_, index) => ({
      ...{ timeUnixNano: TEST_TIME_NANO, name: 'event', droppedAttributesCount: 0 },
      attributes: toAttributes({ text: `${index}${text}` }),
    }));
    const block = blockOf([spanAt(0, { events })], SPANS);
    const { found, rests } = await turnsOf(block, 'event.text=~".*y"');
    expect(found).toBe(0);
    expect(rests).toBeGreaterThanOrEqual(ROWS_PER_PAGE / 4);
  });
});
