import { describe, expect, it } from 'vitest';
import { parseTraceql } from '../../../src/model/traceql/parse-traceql.ts';
import { TraceqlError } from '../../../src/model/traceql/traceql-query.ts';
import type { Condition } from '../../../src/model/traceql/traceql-query.ts';

/** The condition of a query that is one selector. */
function conditionOf(text: string): Condition {
  const { spanset, stages } = parseTraceql(text);
  expect([spanset.type, stages]).toEqual(['selector', []]);
  return spanset.type === 'selector' ? spanset.condition : { type: 'or', parts: [] };
}

describe('a TraceQL query', () => {
  it.each([
    ['.http.url = "/a b"', { place: 'any', key: 'http.url' }, { operator: '=', value: '/a b' }],
    ['span.n != -5', { place: 'span', key: 'n' }, { operator: '!=', value: '-5' }],
    ['resource.a =~ "x|y"', { place: 'resource', key: 'a' }, { operator: '=~', value: 'x|y' }],
    ['event.a !~ `\\d+`', { place: 'event', key: 'a' }, { operator: '!~', value: '\\d+' }],
    ['link.a >= 2.50', { place: 'link', key: 'a' }, { operator: '>=', value: '2.5' }],
    ['instrumentation.a = true', { place: 'scope', key: 'a' }, { operator: '=', value: 'true' }],
    ['."a b".c = "\\"\\n"', { place: 'any', key: 'a b.c' }, { operator: '=', value: '"\n' }],
    ['span.a = nil', { place: 'span', key: 'a' }, { operator: 'absent' }],
    ['span.a != nil', { place: 'span', key: 'a' }, { operator: 'exists' }],
    ['.a', { place: 'any', key: 'a' }, { operator: '=', value: 'true' }],
    ['200 <= .a', { place: 'any', key: 'a' }, { operator: '>=', value: '200' }],
    ['.a > 1m30.5s', { place: 'any', key: 'a' }, { operator: '>', value: '90500000000' }],
    ['name = "GET /"', { field: 'name' }, { operator: '=', value: 'GET /' }],
    ['status = error', { field: 'status' }, { operator: '=', value: 'error' }],
    ['kind!=server', { field: 'kind' }, { operator: '!=', value: 'server' }],
    ['duration>100ms', { field: 'duration' }, { operator: '>', value: '100000000' }],
    ['traceDuration < 1h', { trace: 'duration' }, { operator: '<', value: '3600000000000' }],
    ['rootServiceName = "a"', { trace: 'rootService' }, { operator: '=', value: 'a' }],
    ['trace:rootName = "a"', { trace: 'rootName' }, { operator: '=', value: 'a' }],
    ['event:name = "e"', { field: 'eventName' }, { operator: '=', value: 'e' }],
    ['span:id = "Ab"', { id: 'span' }, { operator: '=', value: '00000000000000ab' }],
  ])('reads {%s}', (text, subject, test) => {
    expect(conditionOf(`{${text}}`)).toEqual({ type: 'comparison', subject, test, position: 1 });
  });

  it.each(['', '{}', ' { } ', '{ true }'])('of %j finds everything', (text) => {
    expect(conditionOf(text)).toEqual({ type: 'and', parts: [] });
  });

  it('binds && and || alike, from the left, as Tempo does', () => {
    const shape = (condition: Condition): unknown =>
      condition.type === 'comparison'
        ? condition.position
        : [condition.type, ...condition.parts.map(shape)];
    expect(shape(conditionOf('{.a || .b && .c && .d}'))).toEqual(['and', ['or', 1, 7], 13, 19]);
    expect(shape(conditionOf('{.a || (.b && .c)}'))).toEqual(['or', 1, ['and', 8, 14]]);
  });

  it('relates spansets, structure before && and ||', () => {
    const { spanset } = parseTraceql('{.a} && {.b} >> {.c} || ({.d} ~ {.e})');
    expect(spanset).toMatchObject({
      operator: '||',
      left: { operator: '&&', left: { type: 'selector' }, right: { operator: '>>' } },
      right: { operator: '~' },
    });
  });

  it('reads stages and the hint that changes nothing', () => {
    const { stages } = parseTraceql(
      '{} | select(status, span.a) | count() > 2 | { .b } with (most_recent=true)',
    );
    expect(stages).toMatchObject([
      { type: 'select', subjects: [{ field: 'status' }, { place: 'span', key: 'a' }] },
      { type: 'count' },
      { type: 'filter' },
    ]);
  });

  it.each([
    ['{', 'TraceQL, column 2: an attribute, an intrinsic or a value is expected, not the end'],
    ['{.a = }', 'TraceQL, column 7: an attribute, an intrinsic or a value is expected, not "}"'],
    ['{.a = "x}', 'TraceQL, column 7: a quote that stays open'],
    ['{."a = 1}', 'TraceQL, column 3: a quote that stays open'],
    ['{. = 1}', 'TraceQL, column 3: the name of an attribute is expected'],
    ['{.a = 1', 'TraceQL, column 8: "}" is expected, not the end'],
    ['{} {}', 'TraceQL, column 4: an operator, "|" or the end is expected, not "{"'],
    ['{.a = 1 # }', 'TraceQL, column 9: "#" is not understood'],
    ['name = "a"', 'TraceQL, column 1: "{" or "(" is expected, not "name"'],
    ['{parent.a = 1}', 'TraceQL, column 2: the scope parent is not supported'],
    [
      '{nestedSetParent < 0}',
      'TraceQL, column 2: nestedSetParent is no intrinsic that is supported; attributes begin with a scope or ".", texts are quoted',
    ],
    ['{!(.a = 1)}', 'TraceQL, column 2: "!" is not supported; != and !~ are'],
    ['{.a + 1 > 2}', 'TraceQL, column 5: arithmetic (+) is not supported'],
    ['{.a = 1 * 2}', 'TraceQL, column 9: arithmetic (*) is not supported'],
    ['{.a = .b}', 'TraceQL, column 2: to compare two attributes is not supported'],
    ['{1 = 1}', 'TraceQL, column 2: to compare two values is not supported'],
    ['{name}', 'TraceQL, column 6: a comparison is expected, not "}"'],
    ['{.a =~ 5}', 'TraceQL, column 8: =~ needs a quoted pattern'],
    ['{.a < nil}', 'TraceQL, column 7: nil is compared by = or !=, not by <'],
    ['{.a > "x"}', 'TraceQL, column 7: > needs a number, not "x"'],
    [
      '{kind = "x"}',
      'TraceQL, column 9: "x" is not one of unspecified, internal, server, client, producer, consumer',
    ],
    ['{duration > "x"}', 'TraceQL, column 13: "x" is no duration such as 100ms or 1m30s'],
    ['{span:id > "1"}', 'TraceQL, column 12: ids are not compared by >'],
    ['{} !>> {}', 'TraceQL, column 4: the operator !>> between spansets is not supported'],
    ['{} &> {}', 'TraceQL, column 4: the operator &> between spansets is not supported'],
    ['({} | count() > 1) && {}', 'TraceQL, column 5: "|" within parentheses is not supported'],
    ['{} | by(name)', 'TraceQL, column 6: by is not supported; select and count are'],
    ['{} | rate()', 'TraceQL, column 6: rate is not supported; select and count are'],
    ['{} | avg(duration) > 1s', 'TraceQL, column 6: avg is not supported; select and count are'],
    ['{} | count()', 'TraceQL, column 13: a comparison of the count is expected, not the end'],
    ['{} | select(5)', 'TraceQL, column 13: an attribute or an intrinsic is expected'],
    ['{} with (sample=0.1)', 'TraceQL, column 10: the hint "sample" is not supported'],
  ])('%s is refused', (text, message) => {
    expect(() => parseTraceql(text)).toThrow(TraceqlError);
    expect(() => parseTraceql(text)).toThrow(message);
  });

  it.each([
    [
      'parentheses',
      `${'('.repeat(33)}{}${')'.repeat(33)}`,
      'column 34: more than 32 parentheses within each other',
    ],
    ['comparisons', `{${'.a && '.repeat(64)}.a}`, 'column 386: more than 64 comparisons'],
    ['characters', ' '.repeat(10_001), 'column 10001: the query has more than 10000 characters'],
  ])('is bounded in %s', (_, text, message) => {
    expect(() => parseTraceql(text)).toThrow(message);
  });
});
