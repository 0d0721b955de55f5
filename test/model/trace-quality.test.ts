import { describe, expect, it } from 'vitest';
import type { Span } from '../../src/model/span.ts';
import { TraceQuality } from '../../src/model/trace-quality.ts';
import { TEST_TIME_NANO, aResource, aSpan, spanId } from '../harness/a-span.ts';
import type { SpanOverrides } from '../harness/a-span.ts';

function span(id: number, parent: number, more: SpanOverrides = {}): Span {
  return aSpan({
    serviceName: 'cart',
    spanId: spanId(id),
    parentSpanId: parent === 0 ? '' : spanId(parent),
    ...more,
  });
}

/** Passed, failed and exempt spans of the service `cart`. */
function judged(name: string, spans: readonly Span[]): readonly number[] {
  const quality = new TraceQuality('cart');
  quality.add('a', spans);
  const metric = quality.metrics.find(({ check }) => check.name === name);
  return [metric?.passed.count, metric?.failed.count, metric?.exempt.count].map((n) => n ?? -1);
}

describe('the quality of traces', () => {
  it('is that of calls with spans on both sides', () => {
    const name = 'HasClientServerSpans';
    const client = span(1, 0, { kind: 'client' });
    const server = span(2, 1, { kind: 'server' });
    expect(judged(name, [client, server])).toEqual([2, 0, 0]);
    expect(judged(name, [client])).toEqual([0, 1, 0]);
    expect(judged(name, [server])).toEqual([0, 1, 0]);
    expect(judged(name, [span(2, 0, { kind: 'server' })])).toEqual([0, 0, 1]);
    const toDatabase = { kind: 'client', attributes: { 'db.system': 'mysql' } } as const;
    expect(judged(name, [span(1, 0, toDatabase)])).toEqual([0, 0, 1]);
    expect(judged(name, [client, span(1, 0, { kind: 'server' })])).toEqual([2, 0, 0]);
  });

  it('is that of parents that are there', () => {
    expect(judged('HasParentSpan', [span(1, 0), span(2, 1), span(3, 9)])).toEqual([1, 1, 1]);
  });

  it('is that of ids that are there once', () => {
    expect(judged('UniqueSpanId', [span(1, 0), span(1, 0), span(2, 1)])).toEqual([1, 2, 0]);
  });

  it('is that of times that fit', () => {
    const early = { startTimeUnixNano: TEST_TIME_NANO - 5n };
    expect(judged('NoClockSkew', [span(1, 0), span(2, 1, early), span(3, 1)])).toEqual([1, 1, 1]);
    const backwards = { endTimeUnixNano: TEST_TIME_NANO - 5n };
    expect(judged('HasNonNegativeDuration', [span(1, 0, backwards)])).toEqual([0, 1, 0]);
  });

  it('is that of clients that are not too old', () => {
    const by = (attributes: Record<string, string>): Span =>
      span(1, 0, { resource: aResource('cart', attributes) });
    const name = 'MinimumClientVersion';
    expect(judged(name, [by({ 'telemetry.sdk.version': '1.32.0' })])).toEqual([1, 0, 0]);
    expect(judged(name, [by({ 'telemetry.sdk.version': '0.9.1' })])).toEqual([0, 1, 0]);
    expect(judged(name, [by({ 'jaeger.version': 'Java-1.8.1' })])).toEqual([0, 1, 0]);
    expect(judged(name, [by({})])).toEqual([0, 0, 1]);
  });

  it('counts the spans of one service by client, with a few examples', () => {
    const resource = aResource('cart', {
      'telemetry.sdk.name': 'opentelemetry',
      'telemetry.sdk.language': 'go',
      'telemetry.sdk.version': '1.2.3',
    });
    const quality = new TraceQuality('cart');
    for (let trace = 0; trace < 9; trace++) {
      quality.add(`t${trace}`, [span(1, 0, { resource }), span(2, 1, { serviceName: 'other' })]);
    }
    const [client, ...others] = quality.clients;
    expect(others).toEqual([]);
    expect(client?.version).toBe('opentelemetry go 1.2.3');
    expect(client?.seen.count).toBe(9);
    expect(client?.seen.examples).toHaveLength(5);
    expect(client?.seen.examples[0]).toEqual({ traceId: 't0', spanIds: [spanId(1)] });
  });
});
