import { describe, expect, it } from 'vitest';
import { FilterError } from '../../src/model/build-filter.ts';
import { filterJson, readFilterJson } from '../../src/model/filter-json.ts';
import { parseFilterText } from '../../src/model/filter-text.ts';

const json = (text: string): unknown => filterJson(parseFilterText(text));

describe('filters as text', () => {
  it.each<[string, unknown[]]>([
    ['a=b', [{ place: 'any', key: 'a', operator: '=', value: 'b' }]],
    [
      'http.status_code>=500 && resource.k8s.pod.name=~"web-.*"',
      [
        { place: 'any', key: 'http.status_code', operator: '>=', value: '500' },
        { place: 'resource', key: 'k8s.pod.name', operator: '=~', value: 'web-.*' },
      ],
    ],
    ['span.a exists', [{ place: 'span', key: 'a', operator: 'exists' }]],
    ['"span.a" absent', [{ place: 'any', key: 'span.a', operator: 'absent' }]],
    [
      'resource."a b"!="\\u0022\\n"',
      [{ place: 'resource', key: 'a b', operator: '!=', value: '"\n' }],
    ],
    ['span.resource.a!~x', [{ place: 'span', key: 'resource.a', operator: '!~', value: 'x' }]],
    [
      'a in (1, "b c", true)',
      [{ place: 'any', key: 'a', operator: 'in', values: ['1', 'b c', 'true'] }],
    ],
    ['duration>1.5s', [{ field: 'duration', operator: '>', value: '1500000000' }]],
    ['duration <= 1m30s', [{ field: 'duration', operator: '<=', value: '90000000000' }]],
    ['duration<100', [{ field: 'duration', operator: '<', value: '100' }]],
    ['kind=server', [{ field: 'kind', operator: '=', value: 'server' }]],
    ['event:name=exception', [{ field: 'eventName', operator: '=', value: 'exception' }]],
    ['url=http://a/b?c', [{ place: 'any', key: 'url', operator: '=', value: 'http://a/b?c' }]],
    ['a=-1', [{ place: 'any', key: 'a', operator: '=', value: '-1' }]],
    [
      'trace:duration>1s && trace:rootName="GET /" && a exists',
      [
        { place: 'any', key: 'a', operator: 'exists' },
        { trace: 'duration', operator: '>', value: '1000000000' },
        { trace: 'rootName', operator: '=', value: 'GET /' },
      ],
    ],
    [
      'a=1 || b=2 && c=3',
      [
        {
          anyOf: [
            [{ place: 'any', key: 'a', operator: '=', value: '1' }],
            [
              { place: 'any', key: 'b', operator: '=', value: '2' },
              { place: 'any', key: 'c', operator: '=', value: '3' },
            ],
          ],
        },
      ],
    ],
    [
      '(a=1 || b=2) && (c=3)',
      [
        {
          anyOf: [
            [{ place: 'any', key: 'a', operator: '=', value: '1' }],
            [{ place: 'any', key: 'b', operator: '=', value: '2' }],
          ],
        },
        { place: 'any', key: 'c', operator: '=', value: '3' },
      ],
    ],
  ])('reads %s', (text, expected) => {
    expect(json(text)).toEqual(expected);
    expect(filterJson(readFilterJson(expected))).toEqual(expected);
  });

  it.each([
    ['', 'column 1: a key is expected, not the end'],
    ['a', 'column 2: an operator is expected, not the end'],
    ['a=', 'column 3: a value is expected, not the end'],
    ['a==b', 'column 3: a value is expected, not ='],
    ['a=b c=d', 'column 5: && or || is expected, not c'],
    ['a=b &&', 'column 7: a key is expected, not the end'],
    ['a=b & c=d', 'column 5: & has no meaning here'],
    ['(a=b', 'column 5: ) is expected, not the end'],
    ['a="b', 'column 3: a text that does not end'],
    ['a="\\x"', 'column 3: "\\x" is no JSON string'],
    ['a in b', 'column 6: ( is expected, not b'],
    ['a in ()', 'column 7: a value is expected, not )'],
    ['a>many', 'column 3: > needs a number, not "many"'],
    [
      'duration>5 && a=b && duration<fast',
      'column 31: "fast" is no duration such as 100ms or 1m30s',
    ],
    ['duration=~"1.*"', 'column 11: a duration has no pattern'],
    [
      'kind=Server',
      'column 6: "Server" is not one of unspecified, internal, server, client, producer, consumer',
    ],
    ['status in (ok, bad)', 'column 11: "bad" is not one of unset, ok, error'],
    ['resource.=1', 'column 10: a key is expected, not ='],
    ['a=1 || trace:duration>1s', 'column 25: a condition on the trace cannot be an alternative'],
    [`${'('.repeat(8)}a=b${')'.repeat(8)}`, 'column 9: more than 8 levels'],
    [Array(65).fill('a=b').join('&&'), 'column 321: more than 64 conditions'],
  ])('says where %.40s is wrong', (text, message) => {
    expect(() => parseFilterText(text)).toThrow(new FilterError(message));
  });
});

describe('filters as JSON', () => {
  it('takes numbers and booleans as their texts, and any place without one', () => {
    const given = [
      { key: 'a', operator: '=', value: true },
      { key: 'b', operator: 'in', values: [1, 1.5] },
      { field: 'duration', operator: '>', value: '1ms' },
    ];
    expect(filterJson(readFilterJson(given))).toEqual([
      { place: 'any', key: 'a', operator: '=', value: 'true' },
      { place: 'any', key: 'b', operator: 'in', values: ['1', '1.5'] },
      { field: 'duration', operator: '>', value: '1000000' },
    ]);
  });

  it.each<[unknown, string]>([
    [{}, 'a list of conditions is expected'],
    [[1], '[0]: a condition is an object'],
    [[{ operator: '=' }], '[0]: one of "key", "field" and "trace" is expected'],
    [
      [{ key: 'a', field: 'name', operator: '=' }],
      '[0]: one of "key", "field" and "trace" is expected',
    ],
    [
      [{ key: 'a', operator: 'like', value: '' }],
      '[0]: "operator" is one of exists, absent, in, =, !=, =~, !~, <, <=, >, >=',
    ],
    [[{ key: 'a', operator: '=' }], '[0]: a value is a text, a number or a boolean'],
    [[{ key: 'a', operator: 'exists', value: 1 }], '[0]: exists has no value'],
    [[{ key: 'a', operator: 'in', value: 1 }], '[0]: in needs a list "values"'],
    [[{ key: 'a', operator: '=', values: [1] }], '[0]: "values" goes with the operator in'],
    [[{ key: 1, operator: 'exists' }], '[0]: "key" is a text'],
    [
      [{ key: 'a', place: 'here', operator: 'exists' }],
      '[0]: "place" is one of any, span, resource, scope, event, link',
    ],
    [[{ field: 'name', place: 'any', operator: 'exists' }], '[0]: "place" goes with "key"'],
    [[{ field: '__proto__', operator: 'exists' }], '[0]: "__proto__" is no field of a span'],
    [[{ trace: 'name', operator: 'exists' }], '[0]: "name" is no field of a trace'],
    [[{ key: 'a', op: '=' }], '[0]: unknown field "op"'],
    [[{ key: 'a', operator: '<', value: 'x' }], '[0]: < needs a number, not "x"'],
    [[{ anyOf: 1 }], '[0]: "anyOf" is a list of lists of conditions'],
    [[{ anyOf: [], key: 'a' }], '[0]: "anyOf" stands alone'],
    [
      [{ anyOf: [[{ trace: 'rootName', operator: '=', value: '' }]] }],
      '[0].anyOf[0]: a condition on the trace cannot be an alternative',
    ],
    [
      [{ anyOf: [[{ key: 'a', operator: '<', value: 'x' }]] }],
      '[0].anyOf[0][0]: < needs a number, not "x"',
    ],
    [
      [{ key: 'a', operator: 'in', values: Array(1001).fill('') }],
      '[0]: 1001 values; 1000 are the most',
    ],
    [Array(65).fill({ key: 'a', operator: 'exists' }), '[64]: more than 64 conditions'],
  ])('refuses %.60j', (given, message) => {
    expect(() => readFilterJson(given)).toThrow(new FilterError(message));
  });
});
