import { describe, expect, it } from 'vitest';
import { runToEnd } from '../../../src/model/in-turns.ts';
import type { Span } from '../../../src/model/span.ts';
import { createTraceqlMatcher } from '../../../src/model/traceql/match-traceql.ts';
import { parseTraceql } from '../../../src/model/traceql/parse-traceql.ts';
import { summarizeTrace } from '../../../src/model/trace-summary.ts';
import { compilePattern } from '../../../src/storage/text-pattern.ts';
import {
  aResource,
  aScope,
  aSpan,
  aTrace,
  spanId,
  traceId,
  toAttributes,
} from '../../harness/a-span.ts';

/**
 *     1 shop GET /      2 shop charge      4 db SELECT
 *                       3 bank authorize   5 bank retry
 *
 * 2 and 3 are children of 1, 4 and 5 of 3.
 */
const TRACE: readonly Span[] = [
  aSpan({ spanId: spanId(1), serviceName: 'shop', durationNano: 900_000_000n }),
  aSpan({
    ...childOf(1, 2),
    name: 'charge',
    serviceName: 'shop',
    kind: 'client',
    attributes: { n: 2n },
  }),
  aSpan({
    ...childOf(1, 3),
    name: 'authorize',
    resource: aResource('bank', { region: 'eu' }),
    attributes: { 'http.status_code': 500n, slow: true },
    status: { code: 'error', message: 'timeout' },
  }),
  aSpan({
    ...childOf(3, 4),
    name: 'SELECT',
    serviceName: 'db',
    scope: aScope({ name: 'pg', version: '2' }),
    events: [
      {
        name: 'exception',
        timeUnixNano: 0n,
        attributes: toAttributes({ 'exception.type': 'Timeout' }),
        droppedAttributesCount: 0,
      },
    ],
  }),
  aSpan({
    ...childOf(3, 5),
    name: 'retry',
    serviceName: 'bank',
    attributes: { n: '3', 'http.status_code': 200n },
  }),
];

function childOf(parent: number, own: number): Pick<Span, 'spanId' | 'parentSpanId'> {
  return { spanId: spanId(own), parentSpanId: spanId(parent) };
}

/** Numbers of the spans found. */
function found(text: string, spans = TRACE): number[] {
  const match = createTraceqlMatcher(parseTraceql(text), compilePattern);
  const summary = summarizeTrace(traceId(1), spans);
  return runToEnd(match({ spans, summary })).map((span) => Number.parseInt(span.spanId, 16));
}

describe('TraceQL on the spans of a trace', () => {
  it.each([
    ['{}', [1, 2, 3, 4, 5]],
    ['{ false }', []],
    ['{ resource.service.name = "bank" }', [3, 5]],
    ['{ .region = "eu" }', [3]],
    ['{ span.region = "eu" }', []],
    ['{ .http.status_code >= 400 }', [3]],
    ['{ .http.status_code != 500 }', [5]],
    ['{ .n > 1 }', [2, 5]],
    ['{ .n = nil && resource.service.name = "shop" }', [1]],
    ['{ .slow }', [3]],
    ['{ status = error && kind = server }', [3]],
    ['{ statusMessage =~ "time.*" }', [3]],
    ['{ name !~ "[A-Z].*" }', [2, 3, 5]],
    ['{ duration > 500ms }', [1]],
    ['{ event:name = "exception" && event.exception.type = "Timeout" }', [4]],
    ['{ instrumentation:name = "pg" && instrumentation:version = "2" }', [4]],
    ['{ rootServiceName = "shop" && rootName = "GET /" && name = "retry" }', [5]],
    ['{ traceDuration < 1s && name = "retry" }', [5]],
    ['{ span:parentID = "3" }', [4, 5]],
    ['{ span:parentID = nil }', [1]],
    ['{ trace:id = "1" && span:id = "2" }', [2]],
    ['{ name = "charge" } && { name = "SELECT" }', [2, 4]],
    ['{ name = "charge" } && { name = "none" }', []],
    ['{ name = "charge" } || { name = "none" }', [2]],
    ['{ name = "GET /" } > { }', [2, 3]],
    ['{ name = "GET /" } >> { }', [2, 3, 4, 5]],
    ['{ name = "GET /" } >> { status = error } > { .n = 3 }', [5]],
    ['{ name = "SELECT" } < { }', [3]],
    ['{ name = "SELECT" } << { }', [1, 3]],
    ['{ name = "SELECT" } ~ { }', [5]],
    ['{ } ~ { }', [2, 3, 4, 5]],
    ['{ resource.service.name = "bank" } | count() > 1', [3, 5]],
    ['{ resource.service.name = "bank" } | count() > 2', []],
    ['{ resource.service.name = "bank" } | { status = error } | count() = 1', [3]],
    ['{ name = "retry" } | select(status)', [5]],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  it('does not go round in a circle of parents', () => {
    const circle = [aSpan(childOf(2, 1)), aSpan(childOf(1, 2))];
    expect(found('{ span:id = "1" } >> { }', circle)).toEqual([1, 2]);
    expect(found('{ span:id = "1" } << { }', circle)).toEqual([1, 2]);
  });

  it('takes a span that shares its id with another one for no child of its own', () => {
    expect(found('{ } > { }', [aSpan(childOf(1, 1))])).toEqual([]);
  });

  it('looks at a chain of 50,000 spans once', () => {
    const chain = Array.from({ length: 50_000 }, (_, index) =>
      aSpan({ ...childOf(index, index + 1), parentSpanId: index === 0 ? '' : spanId(index) }),
    ).reverse();
    expect(found('{ span:parentID = nil } >> { }', chain)).toHaveLength(49_999);
  });

  it('says where a pattern is wrong', () => {
    expect(() => found('{ .a = 1 && .b =~ "(" }')).toThrow(
      'TraceQL, column 13: missing closing ): `(`',
    );
  });

  it.each([
    '{ .a = "x" }',
    '{ } >> { }',
    '{ } ~ { }',
    '{ } | { .a = "x" } | count() > 1',
    '{ false } || { true }',
  ])('looks at a large trace in many turns: %s', (text) => {
    const spans = aTrace(3200, { attributes: { a: 'x' } });
    const summary = summarizeTrace(traceId(1), spans);
    const work = createTraceqlMatcher(parseTraceql(text), compilePattern)({ spans, summary });
    let turns = 1;
    while (work.next().done !== true) turns += 1;
    expect(turns).toBeGreaterThan(100);
  });
});
