import { describe, expect, it } from 'vitest';
import type { Span } from '../../src/model/span.ts';
import type { Sink } from '../../src/pipeline/sink.ts';
import { taggingResources } from '../../src/pipeline/tag-resources.ts';
import { decodeSpans } from '../../src/wire/otlp/decode-trace.ts';
import { encodeSpans } from '../../src/wire/otlp/encode-trace.ts';
import type { SpanBatch } from '../../src/wire/span-batch.ts';
import { aResource, aSpan, batchOf } from '../harness/a-span.ts';
import type { PlainValue } from '../harness/a-span.ts';

const TAGS = new Map([
  ['zone', 'z1'],
  ['cluster', 'c1'],
]);
const { signal } = new AbortController();

async function tagged(batch: SpanBatch): Promise<SpanBatch> {
  let passed = batch;
  const sink: Sink = (given) => {
    passed = given;
    return Promise.resolve({ accepted: given.scan.count, refused: [], dropped: [] });
  };
  await taggingResources(sink, TAGS)(batch, signal);
  return passed;
}

function spanOf(service: string, attributes: Record<string, PlainValue>): Span {
  return aSpan({ name: service, resource: aResource(service, attributes) });
}

describe('tags of a collector', () => {
  it('are added where their keys are not, and nowhere else', async () => {
    const spans = [
      spanOf('none', { zones: 'x', zon: 'y' }),
      spanOf('one', { zone: 'own' }),
      spanOf('both', { cluster: 7n, zone: 'own' }),
    ];
    const { otlp } = await tagged(batchOf(encodeSpans(spans)));
    const values = decodeSpans(otlp).map(({ resource }) =>
      resource.attributes.map(({ key, value }) => [key, 'value' in value ? value.value : '']),
    );
    expect(values).toEqual([
      [['service.name', 'none'], ['zones', 'x'], ['zon', 'y'], ...TAGS],
      [
        ['service.name', 'one'],
        ['zone', 'own'],
        ['cluster', 'c1'],
      ],
      [
        ['service.name', 'both'],
        ['cluster', 7n],
        ['zone', 'own'],
      ],
    ]);
  });

  it('leave a batch alone that has them all', async () => {
    const batch = batchOf(encodeSpans([spanOf('both', { cluster: 'c', zone: 'z' })]));
    expect(await tagged(batch)).toBe(batch);
  });
});
