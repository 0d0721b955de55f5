import { describe, expect, it } from 'vitest';
import type { Span } from '../../src/model/span.ts';
import { TracePaths } from '../../src/model/trace-paths.ts';
import type { PathFocus } from '../../src/model/trace-paths.ts';
import { aSpan, spanId } from '../harness/a-span.ts';

type Row = readonly [
  id: number,
  parent: number,
  serviceName: string,
  name: string,
  kind?: Span['kind'],
];

function traceOf(...rows: readonly Row[]): readonly Span[] {
  return rows.map(([id, parent, serviceName, name, kind = 'server']) =>
    aSpan({
      ...{ serviceName, name, kind },
      spanId: spanId(id),
      parentSpanId: parent === 0 ? '' : spanId(parent),
    }),
  );
}

function pathsOf(spans: readonly Span[], focus: PathFocus, max = 100): readonly string[] {
  const paths = new TracePaths(focus, max);
  paths.add('a', spans);
  return paths.paths.map(({ stops }) =>
    stops.map(({ operation, service }) => `${service} ${operation}`).join(' > '),
  );
}

const SHOP = traceOf(
  [1, 0, 'web', 'GET /'],
  [2, 1, 'web', 'call', 'client'],
  [3, 2, 'cart', 'add'],
  [4, 3, 'cart', 'lock', 'internal'],
  [5, 1, 'users', 'load'],
  [6, 3, 'db', 'insert'],
);

describe('paths through a service', () => {
  it('go from the first span to each last request, over servers and changes of the service', () => {
    expect(pathsOf(SHOP, { service: 'web' })).toEqual([
      'web GET / > users load',
      'web GET / > cart add > db insert',
    ]);
  });

  it('pass the service, and the operation where one is meant', () => {
    expect(pathsOf(SHOP, { service: 'cart' })).toEqual(['web GET / > cart add > db insert']);
    expect(pathsOf(SHOP, { service: 'cart', operation: 'add' })).toHaveLength(1);
    expect(pathsOf(SHOP, { service: 'cart', operation: 'GET /' })).toEqual([]);
    expect(pathsOf(SHOP, { service: 'nobody' })).toEqual([]);
  });

  it('are there once, with the trace that showed them first, and no more than wanted', () => {
    const paths = new TracePaths({ service: 'web' }, 2);
    paths.add('a', SHOP);
    paths.add('b', SHOP);
    paths.add('c', traceOf([1, 0, 'web', 'other']));
    expect(paths.paths.map(({ traceId }) => traceId)).toEqual(['a', 'a']);
    expect(paths.isFull).toBe(true);
  });

  it('start where a parent is missing, and end in a circle of parents', () => {
    expect(pathsOf(traceOf([3, 9, 'cart', 'add']), { service: 'cart' })).toEqual(['cart add']);
    const circle = traceOf([1, 2, 'a', 'x'], [2, 1, 'b', 'y']);
    expect(pathsOf(circle, { service: 'a' })).toEqual(['b y > a x']);
  });

  it('are found in a trace deeper than the call stack', () => {
    const deep = Array.from({ length: 50_000 }, (_, index): Row => [
      50_000 - index,
      49_999 - index,
      'loop',
      'again',
      'internal',
    ]);
    expect(pathsOf(traceOf(...deep), { service: 'loop' })).toEqual(['loop again']);
  });
});
