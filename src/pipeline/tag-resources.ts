import { Buffer } from 'node:buffer';
import { eachResourceKey, resourceAttributeField } from '../wire/otlp/resource-attributes.ts';
import { rewriteSpans } from '../wire/otlp/rewrite-spans.ts';
import { scanSpans } from '../wire/otlp/scan-spans.ts';
import { ProtobufReader } from '../wire/protobuf/reader.ts';
import type { SpanBatch } from '../wire/span-batch.ts';
import type { Sink } from './sink.ts';

/**
 * A stage that adds attributes to the resources that do not have their keys. Without any it is no
 * stage at all; a batch whose resources have them all is passed on as it is.
 */
export function taggingResources(next: Sink, tags: ReadonlyMap<string, string>): Sink {
  if (tags.size === 0) return next;
  const fields = [...tags].map(([key, value]): TagField => ({
    key,
    bytes: resourceAttributeField({ key, value: { type: 'string', value } }),
  }));
  const all = joined(fields);
  return (batch, signal) => next(tagResources(batch, fields, all), signal);
}

interface TagField {
  readonly key: string;
  readonly bytes: Uint8Array;
}

function joined(fields: readonly TagField[]): Uint8Array {
  return Buffer.concat(fields.map(({ bytes }) => bytes));
}

/**
 * A request may have very many resources: nothing is made for one of them but what differs.
 * @param all what most resources get
 */
function tagResources(batch: SpanBatch, fields: readonly TagField[], all: Uint8Array): SpanBatch {
  const { otlp, scan } = batch;
  const { resources } = scan;
  const reader = new ProtobufReader(otlp);
  const own = new Set<string>();
  const suffixes: (Uint8Array | undefined)[] = [];
  const take = (key: string): void => {
    if (fields.some((field) => field.key === key)) own.add(key);
  };
  for (let row = 0; row < resources.count; row += 1) {
    reader.position = resources.starts[row] ?? 0;
    reader.limit = resources.ends[row] ?? 0;
    eachResourceKey(reader, take);
    suffixes.push(own.size === 0 ? all : missing(fields, own));
    own.clear();
  }
  if (suffixes.every((suffix) => suffix === undefined)) return batch;
  const rewritten = rewriteSpans(otlp, scan, { resourceSuffix: (row) => suffixes[row] });
  return { ...batch, otlp: rewritten, scan: scanSpans(rewritten) };
}

function missing(fields: readonly TagField[], own: ReadonlySet<string>): Uint8Array | undefined {
  const rest = fields.filter(({ key }) => !own.has(key));
  return rest.length === 0 ? undefined : joined(rest);
}
