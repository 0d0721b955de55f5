import { describe, expect, it } from 'vitest';
import { parseFilterText } from '../../../../src/model/filter-text.ts';
import type { Span } from '../../../../src/model/span.ts';
import type { Block } from '../../../../src/storage/embedded/block/block.ts';
import { openBlock } from '../../../../src/storage/embedded/block/block.ts';
import { createBlockBuilder } from '../../../../src/storage/embedded/block/block-builder.ts';
import { memoryBlockFile } from '../../../../src/storage/embedded/block/block-file.ts';
import { PageCache } from '../../../../src/storage/embedded/block/page-cache.ts';
import { plainSearch } from '../../../contract/plain-search.ts';
import { TEST_TIME_NANO, aBatch, aSpan, toAttributes, traceId } from '../../../harness/a-span.ts';
import { aQuery } from '../../../harness/read-traces.ts';

const SPANS = 9000;

/** Values of many kinds, so many that columns split them into patterns and numbers. */
const spans: readonly Span[] = Array.from({ length: SPANS }, (_, index) => {
  const number = (index * 7919) % SPANS;
  return aSpan({
    traceId: traceId(1 + (index % 4000)),
    startTimeUnixNano: TEST_TIME_NANO + BigInt(number),
    durationNano: BigInt(number),
    name: `op-${number % 700}`,
    attributes: {
      customer: number % 3 === 0 ? `cust-${number}` : `client ${number}`,
      address: `10.${number % 200}.${number % 7}.${number % 251}`,
      count: BigInt(number - 50),
      mixed: number % 5 === 0 ? BigInt(number) : `${number}`,
      ...(number % 2 === 0 ? { sometimes: `${number}.5` } : {}),
      ...(number % 97 === 0 ? { rare: number / 4 } : {}),
    },
    events:
      number % 11 === 0
        ? [
            {
              ...{ timeUnixNano: TEST_TIME_NANO, name: `event ${number}` },
              ...{ attributes: toAttributes({ retry: BigInt(number) }), droppedAttributesCount: 0 },
            },
          ]
        : [],
  });
});

function blockOf(all: readonly Span[]): Block {
  const builder = createBlockBuilder({ spansExpected: SPANS });
  const { otlp, scan } = aBatch(all);
  builder.add(otlp, scan);
  return openBlock(memoryBlockFile(builder.finish(1).bytes), new PageCache(2 ** 26));
}

describe('filters over columns with very many values', () => {
  const block = blockOf(spans);

  it.each([
    'customer=cust-333',
    'customer!=cust-333',
    'customer=~"cust-.*"',
    'customer=~"cust-33.*"',
    'customer=~"cust-3?3+"',
    'customer=~"cus[tp]-.*9"',
    'customer=~"client 1*"',
    'customer=~".*99"',
    'customer=~"x.*|cust-6"',
    'customer=~"none.*"',
    'customer!~"cust-.*"',
    'customer!~"none.*"',
    'customer in (cust-333, "client 5", none)',
    'address=~"10\\\\.19[0-9]\\\\..*"',
    'address=10.100.2.100',
    'address!~"10.*"',
    'count>8900',
    'count<-40',
    'count<=-40.5',
    'count=77',
    'count=~"8.*8"',
    'mixed>=8990',
    'mixed=8990',
    'sometimes absent && customer=~"cust-8.*"',
    'sometimes>8000',
    'rare exists',
    'rare<100.3',
    'event.retry>8000',
    'event:name=~"event 8.*"',
    'event:name!=x',
    'name=~"op-6[0-9]+"',
    'name!=op-1',
    'duration>8999ns || duration<1ns',
    'any.retry absent && rare exists',
  ])('finds %s', async (text) => {
    for (const limit of [20, 10_000]) {
      const query = aQuery({ ...parseFilterText(text), limit });
      expect(await block.find(query)).toEqual(plainSearch(spans, query));
    }
  });
});
