import { describe, expect, it } from 'vitest';
import type { ClientReport } from '../../../src/wire/jaeger/client-stats.ts';
import { agentCallToOtlp, jaegerBatchToOtlp } from '../../../src/wire/jaeger/thrift-to-otlp.ts';
import { encodeBatch, encodeEmitBatch } from './encode-with-npm-thrift.ts';
import type { TestBatch, TestTag } from './encode-with-npm-thrift.ts';

const text = (key: string, value: string): TestTag => ({ key, value: { type: 'string', value } });
const UUID = text('client-uuid', '1a2b');
const SPAN = {
  traceId: 7n,
  spanId: 1n,
  parentSpanId: 0n,
  name: 'op',
  flags: 1,
  startMicros: 1n,
  durationMicros: 1n,
};

function reportsOf(over: Partial<TestBatch>): readonly ClientReport[] {
  const batch = { serviceName: 'svc', spans: [SPAN], ...over };
  const reports: ClientReport[] = [];
  const record = (report: ClientReport): void => {
    reports.push(report);
  };
  for (const encoding of ['compact', 'binary'] as const) {
    jaegerBatchToOtlp(encodeBatch(batch, encoding), encoding, record);
    jaegerBatchToOtlp(encodeBatch(batch, encoding, 'spans first'), encoding, record);
    agentCallToOtlp(encodeEmitBatch(batch, encoding), encoding, record);
  }
  const [first, ...others] = reports;
  for (const other of others) expect(other).toEqual(first);
  return first === undefined ? [] : [first];
}

describe('client statistics of a batch', () => {
  it('have the number of the batch and what the client lost so far', () => {
    const processTags = [text('ip', '1'), UUID, text('z', 'last')];
    expect(reportsOf({ processTags, seqNo: 2n ** 40n, drops: [3n, 2n ** 33n, 5n] })).toEqual([
      {
        clientUuid: '1a2b',
        seqNo: 2 ** 40,
        drops: { fullQueue: 3, tooLarge: 2 ** 33, failedToEmit: 5 },
      },
    ]);
  });

  it('may do without losses', () => {
    expect(reportsOf({ processTags: [UUID], seqNo: 7n })).toEqual([
      { clientUuid: '1a2b', seqNo: 7, drops: undefined },
    ]);
  });

  it.each<[string, Partial<TestBatch>]>([
    ['without client-uuid', { processTags: [text('ip', 'client-uuid')] }],
    ['without tags', {}],
    [
      'whose client-uuid is no text',
      {
        processTags: [{ key: 'client-uuid', value: { type: 'long', value: 1n } }],
      },
    ],
    [
      'whose client-uuid is longer than any',
      {
        processTags: [text('client-uuid', 'x'.repeat(257))],
      },
    ],
    ['with number 0', { processTags: [UUID], seqNo: 0n }],
    ['with client-uuid at a span alone', { spans: [{ ...SPAN, tags: [UUID] }] }],
  ])('are none of a batch %s', (_, batch) => {
    expect(reportsOf(batch)).toEqual([]);
  });
});
