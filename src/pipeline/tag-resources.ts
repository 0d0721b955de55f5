import type { Attribute } from '../model/span.ts';
import { resourceAttributes, setResourceAttribute } from '../wire/otlp/resource-attributes.ts';
import { rewriteSpans } from '../wire/otlp/rewrite-spans.ts';
import { scanSpans } from '../wire/otlp/scan-spans.ts';
import type { SpanBatch } from '../wire/span-batch.ts';
import type { Sink } from './sink.ts';

/**
 * A stage that adds attributes to the resources that do not have their keys. Without any it is no
 * stage at all; a batch whose resources have them all is passed on as it is.
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
  const { resources } = scan;
  const tagged = new Map<number, Uint8Array>();
  for (let row = 0; row < resources.count; row += 1) {
    const resource = otlp.subarray(resources.starts[row], resources.ends[row]);
    const known = new Set(resourceAttributes(resource).map(({ key }) => key));
    const missing = attributes.filter(({ key }) => !known.has(key));
    if (missing.length > 0) tagged.set(row, missing.reduce(setResourceAttribute, resource));
  }
  if (tagged.size === 0) return batch;
  const rewritten = rewriteSpans(otlp, scan, { resource: (row) => tagged.get(row) });
  return { ...batch, otlp: rewritten, scan: scanSpans(rewritten) };
}
