import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createPipeline } from '../../src/pipeline/pipeline.ts';
import type { Pipeline } from '../../src/pipeline/pipeline.ts';
import type { Attribute } from '../../src/model/span.ts';
import { SinkOverloadedError } from '../../src/pipeline/sink.ts';
import type { Sink } from '../../src/pipeline/sink.ts';
import { decodeSpans } from '../../src/wire/otlp/decode-trace.ts';
import { aBatch, aResource, aSpan } from '../harness/a-span.ts';

const signal = new AbortController().signal;
const takesAll: Sink = ({ scan }) =>
  Promise.resolve({ accepted: scan.count, refused: [], dropped: [] });

function pipelineTo(
  destination: Sink,
  overrides: { batchesMax?: number; serviceNamesMax?: number; tags?: [string, string][] } = {},
): { pipeline: Pipeline; metrics: Registry; total: (name: string) => Promise<number> } {
  const metrics = new Registry();
  const { batchesMax = 10, serviceNamesMax = 10, tags = [] } = overrides;
  const pipeline = createPipeline({
    destination,
    metrics,
    batchesMax,
    bytesMax: 1000,
    serviceNamesMax,
    tags: new Map(tags),
  });
  const total = async (name: string): Promise<number> => {
    const metric = await metrics.getSingleMetric(`jaeger_collector_${name}`)?.get();
    return metric?.values.reduce((sum, { value }) => sum + value, 0) ?? Number.NaN;
  };
  return { pipeline, metrics, total };
}

describe('the pipeline', () => {
  it('books every span exactly once', async () => {
    const { pipeline, total } = pipelineTo(({ scan }) => {
      if (scan.count === 1) return Promise.reject(new Error('disk'));
      return Promise.resolve({
        accepted: scan.count - 1,
        refused: [],
        dropped: [{ reason: 'storage_error', count: 1, message: 'lost one' }],
      });
    });
    const sink = pipeline.sinkFor('http');
    await sink(aBatch([aSpan(), aSpan(), aSpan({ traceId: '' })]), signal);
    await expect(sink(aBatch([aSpan()]), signal)).rejects.toThrow('disk');
    expect(await total('spans_received_total')).toBe(4);
    expect(await total('spans_accepted_total')).toBe(1);
    expect(await total('spans_rejected_total')).toBe(2);
    expect(await total('spans_dropped_total')).toBe(1);
    expect(await total('spans_in_flight')).toBe(0);
  });

  it('counts spans under way as in flight', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const { pipeline, total } = pipelineTo(async (batch, abort) => {
      await promise;
      return takesAll(batch, abort);
    });
    const done = pipeline.sinkFor('grpc')(aBatch([aSpan(), aSpan()]), signal);
    expect(await total('spans_in_flight')).toBe(2);
    expect(await total('queue_length')).toBe(1);
    resolve(undefined);
    await done;
    expect(await total('spans_in_flight')).toBe(0);
    expect(await total('spans_accepted_total')).toBe(2);
  });

  it('refuses a batch beyond its bound and takes the next one after that', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const { pipeline, total } = pipelineTo(
      async (batch, abort) => {
        await promise;
        return takesAll(batch, abort);
      },
      { batchesMax: 1 },
    );
    const sink = pipeline.sinkFor('http');
    const first = sink(aBatch([aSpan()]), signal);
    await expect(sink(aBatch([aSpan()]), signal)).rejects.toThrow(SinkOverloadedError);
    resolve(undefined);
    await first;
    expect((await sink(aBatch([aSpan()]), signal)).accepted).toBe(1);
    expect(await total('spans_rejected_total')).toBe(1);
  });

  it('gives services beyond the cap one series together', async () => {
    const { pipeline, metrics } = pipelineTo(takesAll, { serviceNamesMax: 2 });
    const spans = ['A b', 'c', 'd', 'e'].map((name) => aSpan({ resource: aResource(name) }));
    await pipeline.sinkFor('http')(aBatch(spans), signal);
    const metric = await metrics.getSingleMetric('jaeger_collector_spans_received_total')?.get();
    expect(metric?.values.map(({ labels, value }) => [labels['svc'], value])).toEqual([
      ['a-b', 1],
      ['c', 1],
      ['other-services', 2],
    ]);
  });

  it('adds those of its tags that a resource lacks', async () => {
    const seen: unknown[] = [];
    const { pipeline } = pipelineTo(
      (batch, abort) => {
        for (const { resource } of decodeSpans(batch.otlp)) {
          seen.push(resource.attributes.map(({ key }) => key));
        }
        return takesAll(batch, abort);
      },
      {
        tags: [
          ['zone', 'a'],
          ['pod', 'p'],
        ],
      },
    );
    const resources = [
      aResource('a'),
      aResource('b', { zone: 'b' }),
      aResource('c', { pod: 'q', zone: 'b' }),
    ];
    const spans = resources.map((resource) => aSpan({ resource }));
    await pipeline.sinkFor('http')(aBatch(spans), signal);
    expect(seen).toEqual([
      ['service.name', 'zone', 'pod'],
      ['service.name', 'zone', 'pod'],
      ['service.name', 'pod', 'zone'],
    ]);
  });

  it('counts services that have no name under the one they are given', async () => {
    const stored: string[] = [];
    const { pipeline, metrics } = pipelineTo((batch, abort) => {
      stored.push(...decodeSpans(batch.otlp).map(({ resource }) => resource.serviceName));
      return takesAll(batch, abort);
    });
    const attributes: readonly (readonly Attribute[])[] = [
      [],
      [{ key: 'service.name', value: { type: 'string', value: '' } }],
      [{ key: 'service.name', value: { type: 'int', value: 7n } }],
      [{ key: 'service.name', value: { type: 'string', value: 'shop!' } }],
    ];
    const spans = attributes.map((own) =>
      aSpan({ resource: { ...aResource(''), attributes: own } }),
    );
    const batch = aBatch(spans);
    const bad = Buffer.from(batch.otlp);
    bad[bad.indexOf('shop!') + 4] = 0xff;
    await pipeline.sinkFor('http')({ ...batch, otlp: bad }, signal);
    const names = [
      'missing-service-name',
      'empty-service-name',
      'service-name-wrong-type',
      'invalid-service-name',
    ];
    expect(stored).toEqual(names);
    for (const name of ['spans_received_total', 'spans_saved_by_svc_total']) {
      const metric = await metrics.getSingleMetric(`jaeger_collector_${name}`)?.get();
      expect(metric?.values.map(({ labels, value }) => [labels['svc'], value])).toEqual(
        names.map((svc) => [svc, 1]),
      );
    }
  });

  it('adds its tags to resources that do not have them', async () => {
    const seen: unknown[] = [];
    const { pipeline } = pipelineTo(
      (batch, abort) => {
        for (const { resource } of decodeSpans(batch.otlp)) {
          seen.push(
            resource.attributes.map(({ key, value }) => [key, 'value' in value && value.value]),
          );
        }
        return takesAll(batch, abort);
      },
      { tags: [['zone', 'a']] },
    );
    const spans = [aSpan(), aSpan({ resource: aResource('cart', { zone: 'b' }) })];
    await pipeline.sinkFor('http')(aBatch(spans), signal);
    expect(seen).toEqual([
      [
        ['service.name', 'frontend'],
        ['zone', 'a'],
      ],
      [
        ['service.name', 'cart'],
        ['zone', 'b'],
      ],
    ]);
  });

  it('leases no more bytes than its budget and gets them back', () => {
    const { pipeline } = pipelineTo(takesAll);
    const lease = pipeline.budget.lease();
    lease.grow(900);
    const other = pipeline.budget.lease();
    expect(() => {
      other.grow(101);
    }).toThrow(SinkOverloadedError);
    lease.release();
    lease.release();
    other.grow(1000);
    other.release();
  });
});
