import { describe, expect, it } from 'vitest';
import { necessaryConditions } from '../../../src/model/traceql/necessary-conditions.ts';
import type { NecessaryConditions } from '../../../src/model/traceql/necessary-conditions.ts';
import { parseTraceql } from '../../../src/model/traceql/parse-traceql.ts';
import type { SpanCondition } from '../../../src/model/search-filter.ts';

function necessary(text: string): NecessaryConditions {
  return necessaryConditions(parseTraceql(text));
}

function has(key: string): SpanCondition {
  return { subject: { place: 'any', key }, test: { operator: '=', value: 'true' } };
}

describe('what a TraceQL query finds has necessarily', () => {
  it.each<[string, readonly SpanCondition[]]>([
    ['{}', []],
    ['{ .a && .b }', [has('a'), has('b')]],
    ['{ .a || .b }', [{ anyOf: [[has('a')], [has('b')]] }]],
    ['{ (.a || .b) && .c }', [{ anyOf: [[has('a')], [has('b')]] }, has('c')]],
    ['{ .a || span:id = "1" }', []],
    ['{ .a || true }', []],
    ['{ .a || rootName = "x" }', []],
    ['{ false }', [{ anyOf: [] }]],
    ['{ .a } && { .b && .c }', [has('b'), has('c')]],
    ['{ .a && .b } >> { .c }', [has('a'), has('b')]],
    ['{ .a } || { .b }', [{ anyOf: [[has('a')], [has('b')]] }]],
    ['{ .a } || {}', []],
    ['{ .a } | { .b }', [has('a'), has('b')]],
    ['({ .a } && { .b }) | { .c && .d }', [has('c'), has('d')]],
    ['{ .a } | count() > 2 | select(.b)', [has('a')]],
  ])('%s', (text, expected) => {
    expect(necessary(text).filters).toEqual(expected);
  });

  it('takes what is asked of the trace from all spansets, but not from alternatives', () => {
    const test = { operator: '=', value: 'x' };
    const expected = [
      { field: 'rootName', test },
      { field: 'rootService', test },
    ];
    expect(necessary('{ rootName = "x" } > { .a && rootServiceName = "x" }').traceFilters).toEqual(
      expected,
    );
    expect(necessary('{ rootName = "x" || .a }').traceFilters).toEqual([]);
  });

  it('knows which traces are meant', () => {
    const ids = ['1'.padStart(32, '0'), '2'.padStart(32, '0')];
    expect(necessary('{ trace:id = "1" && .a }').traceIds).toEqual([ids[0]]);
    expect(necessary('{ trace:id = "1" || trace:id = "2" }').traceIds).toEqual(ids);
    expect(necessary('{ trace:id = "1" || .a }').traceIds).toBeUndefined();
    expect(necessary('{ trace:id != "1" }').traceIds).toBeUndefined();
  });

  it('asks no deeper than a search may', () => {
    const nested = (depth: number): string =>
      depth === 0 ? '.a' : `(.b || (.c && ${nested(depth - 1)}))`;
    const levels = (text: string): number =>
      JSON.stringify(necessary(text).filters).split('anyOf').length - 1;
    expect([7, 8, 9].map((depth) => levels(`{ ${nested(depth)} }`))).toEqual([7, 0, 1]);
  });
});
