import type { Attribute } from '../model/span.ts';
import { resourceAttributes, setResourceAttribute } from '../wire/otlp/resource-attributes.ts';
import { rewriteSpans } from '../wire/otlp/rewrite-spans.ts';
import { scanSpans } from '../wire/otlp/scan-spans.ts';
import type { SpanBatch } from '../wire/span-batch.ts';
import type { Sink } from './sink.ts';

/**
 * A stage that adds attributes to the resources that do not have their keys. Without any it is no
 * stage at all, since every batch it changes is copied.
 */
export function taggingResources(next: Sink, tags: ReadonlyMap<string, string>): Sink {
  if (tags.size === 0) return next;
  const attributes = [...tags].map(([key, value]): Attribute => ({
    key,
    value: { type: 'string', value },
  }));
  return (batch, signal) => next(tagResources(batch, attributes), signal);
}

function tagResources(batch: SpanBatch, attributes: readonly Attribute[]): SpanBatch {
  const { otlp, scan } = batch;
  const tagged = rewriteSpans(otlp, scan, {
    resource: (row) => {
      const resource = otlp.subarray(scan.resources.starts[row], scan.resources.ends[row]);
      const known = new Set(resourceAttributes(resource).map(({ key }) => key));
      return attributes
        .filter(({ key }) => !known.has(key))
        .reduce<Uint8Array>(setResourceAttribute, resource);
    },
  });
  return { ...batch, otlp: tagged, scan: scanSpans(tagged) };
}
