import { describe, expect, it } from 'vitest';
import { readUpload } from '../../src/ui/pages/search/read-upload.ts';

const trace = (traceID: string): object => ({ traceID, spans: [{ spanID: '1' }], processes: {} });
const RESOURCE = { scopeSpans: [] };

const read = (
  value: unknown,
): { ids: unknown[]; resources: number; problems: readonly string[] } => {
  const { traces, resourceSpans, problems } = readUpload(
    typeof value === 'string' ? value : JSON.stringify(value),
  );
  return { ids: traces.map(({ traceID }) => traceID), resources: resourceSpans.length, problems };
};

describe('readUpload', () => {
  it.each([
    ['Jaeger’s answer', { data: [trace('a'), trace('b')] }, ['a', 'b'], 0],
    ['Jaeger’s answer with one trace', { data: trace('a') }, ['a'], 0],
    ['a list', [trace('a'), trace('b')], ['a', 'b'], 0],
    ['a list of answers', [{ data: [trace('a')] }, { data: [trace('b')] }], ['a', 'b'], 0],
    ['one trace', trace('a'), ['a'], 0],
    ['OTLP JSON', { resourceSpans: [RESOURCE, RESOURCE] }, [], 2],
    ['an answer of api_v3', { result: { resourceSpans: [RESOURCE] } }, [], 1],
    ['a trace of Tempo', { trace: { resourceSpans: [RESOURCE] } }, [], 1],
    ['OTLP JSON by line', '{"resourceSpans":[{}]}\n\n{"resourceSpans":[{},{}]}\n', [], 3],
    [
      'traces by line',
      `${JSON.stringify(trace('a'))}\n${JSON.stringify(trace('b'))}`,
      ['a', 'b'],
      0,
    ],
  ])('takes %s', (_name, value, ids, resources) => {
    expect(read(value)).toEqual({ ids, resources, problems: [] });
  });

  it.each([
    ['', ['There is nothing in this file.']],
    ['hello\nthere', ['This is no JSON (first at line 1).']],
    [
      '{"resourceSpans":[]}\nx\ny',
      ['2 lines left out: no JSON (first at line 2).', 'No traces in this file.'],
    ],
    [
      '{"data":[{"traceID":"a","spans":[],"processes":{}}]}',
      ['1 trace left out: without an id or without spans.'],
    ],
    [
      '{"data":[{"traceID":"a","spans":[{"startTime":"2026-11-21"}],"processes":{}}]}',
      [
        '1 trace left out: startTime and duration of a span must be numbers of microseconds, the start since 1970.',
      ],
    ],
    [
      '{"data":[{"traceID":"a","spans":[{"startTime":1e22}],"processes":{}},{"traceID":"b","spans":[{"startTime":1,"duration":"1s"}],"processes":{}}]}',
      [
        '2 traces left out: startTime and duration of a span must be numbers of microseconds, the start since 1970.',
      ],
    ],
    ['{"data":[]}', ['No traces in this file.']],
    [
      '{"hello":1}',
      ['Neither Jaeger’s JSON nor OTLP JSON: traces have traceID and spans, or resourceSpans.'],
    ],
    [
      '[[[[[[{"traceID":"a"}]]]]]]',
      ['Neither Jaeger’s JSON nor OTLP JSON: traces have traceID and spans, or resourceSpans.'],
    ],
  ])('says what is wrong with %s', (text, problems) => {
    expect(read(text)).toEqual({ ids: [], resources: 0, problems });
  });
});
