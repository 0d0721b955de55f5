import { describe, expect, it } from 'vitest';
import { profileTrace } from '../../src/model/trace-profile.ts';
import { aTimelineSpan } from './timeline-spans.ts';

const CART = { serviceName: 'cart', tags: [] };

describe('profileTrace', () => {
  it('folds spans together that have the same services and operations above them', () => {
    const { paths, ...profile } = profileTrace('t1', [
      aTimelineSpan('1', { operationName: 'GET /', durationUs: 500 }),
      aTimelineSpan('2', {
        parentSpanId: '1',
        operationName: 'get',
        process: CART,
        startUs: 1_010,
      }),
      aTimelineSpan('3', {
        ...{ parentSpanId: '1', operationName: 'get', process: CART, startUs: 1_020 },
        ...{ durationUs: 40, isError: true },
      }),
      aTimelineSpan('4', { parentSpanId: '3', operationName: 'get', process: CART }),
    ]);
    expect(paths).toEqual([
      { parent: -1, service: 'shop', operation: 'GET /', durationsUs: [500], errorCount: 0 },
      { parent: 0, service: 'cart', operation: 'get', durationsUs: [100, 40], errorCount: 1 },
      { parent: 1, service: 'cart', operation: 'get', durationsUs: [100], errorCount: 0 },
    ]);
    expect(profile).toEqual({
      ...{ traceId: 't1', rootService: 'shop', rootOperation: 'GET /' },
      ...{ startUs: 1_000, durationUs: 500, spanCount: 4, errorCount: 1 },
    });
  });

  it('starts a path where a parent is missing', () => {
    const { paths } = profileTrace('t1', [
      aTimelineSpan('1', { operationName: 'a' }),
      aTimelineSpan('2', { operationName: 'b', parentSpanId: 'lost' }),
    ]);
    expect(paths.map(({ parent, operation }) => [operation, parent])).toEqual([
      ['a', -1],
      ['b', -1],
    ]);
  });

  it('takes a chain of a hundred thousand spans', () => {
    const spans = Array.from({ length: 100_000 }, (_, i) =>
      aTimelineSpan(String(i), {
        operationName: 'again',
        parentSpanId: i === 0 ? '' : String(i - 1),
      }),
    );
    const { paths } = profileTrace('t1', spans);
    expect(paths.length).toBe(100_000);
    expect(paths.at(-1)?.parent).toBe(99_998);
  });
});
