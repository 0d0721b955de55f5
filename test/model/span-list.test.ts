import { describe, expect, it } from 'vitest';
import { gatherSpanNames, gatherSpans } from '../../src/model/span-list.ts';
import { buildTraceTree } from '../../src/model/trace-tree.ts';
import { aTimelineSpan } from './timeline-spans.ts';

const cart = { serviceName: 'cart', tags: [] };
const ROWS = buildTraceTree([
  aTimelineSpan('1', { operationName: 'get' }),
  aTimelineSpan('2', { operationName: 'put', process: cart, parentSpanId: '1' }),
  aTimelineSpan('3', { operationName: 'get', process: cart, parentSpanId: 'gone' }),
]);

function chosen(services: readonly string[], operations: readonly string[]): readonly string[] {
  const gathering = gatherSpans({ services: new Set(services), operations: new Set(operations) });
  for (const row of ROWS) gathering.add(row);
  return gathering.result().map(({ span }) => span.spanId);
}

describe('the list of spans', () => {
  it('has all spans while nothing is chosen, without parents that never arrived', () => {
    expect(chosen([], [])).toEqual(['1', '3', '2'].sort());
  });

  it('has the spans of any chosen service that are of any chosen operation', () => {
    expect(chosen(['cart'], [])).toEqual(['2', '3']);
    expect(chosen([], ['get'])).toEqual(['1', '3']);
    expect(chosen(['cart', 'mail'], ['get'])).toEqual(['3']);
    expect(chosen(['mail'], [])).toEqual([]);
  });

  it('knows what can be chosen', () => {
    const names = gatherSpanNames();
    for (const row of ROWS) names.add(row);
    expect(names.result()).toEqual({
      services: [
        { name: 'cart', spanCount: 2 },
        { name: 'shop', spanCount: 1 },
      ],
      operations: [
        { name: 'get', spanCount: 2 },
        { name: 'put', spanCount: 1 },
      ],
    });
  });
});
