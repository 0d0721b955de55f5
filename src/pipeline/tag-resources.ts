import { Buffer } from 'node:buffer';
import { appendToResources } from '../wire/otlp/append-to-resources.ts';
import { eachResourceKey, resourceAttributeField } from '../wire/otlp/resource-attributes.ts';
import { ProtobufReader } from '../wire/protobuf/reader.ts';
import type { SpanBatch } from '../wire/span-batch.ts';
import { bytesOf } from './batch-bytes.ts';
import type { Sink } from './sink.ts';

/**
 * A stage that adds attributes to the resources that do not have their keys. Without any it is no
 * stage at all; a batch whose resources have them all is passed on as it is.
 */
export function taggingResources(next: Sink, tags: ReadonlyMap<string, string>): Sink {
  if (tags.size === 0) return next;
  const fields = [...tags].map(([key, value]): TagField => ({
    key: Buffer.from(key),
    bytes: resourceAttributeField({ key, value: { type: 'string', value } }),
  }));
  const all = joined(fields);
  return (batch, signal) => next(tagResources(batch, fields, all), signal);
}

interface TagField {
  readonly key: Buffer;
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
  const { resources } = batch.scan;
  const bytes = bytesOf(batch.otlp);
  const reader = new ProtobufReader(bytes);
  const own = new Set<TagField>();
  const suffixes: (Uint8Array | undefined)[] = [];
  const take = (start: number, end: number): void => {
    for (const field of fields) if (isKeyAt(bytes, start, end, field)) own.add(field);
  };
  for (let row = 0; row < resources.count; row += 1) {
    reader.position = resources.starts[row] ?? 0;
    reader.limit = resources.ends[row] ?? 0;
    eachResourceKey(reader, take);
    suffixes.push(own.size === 0 ? all : missing(fields, own));
    own.clear();
  }
  if (suffixes.every((suffix) => suffix === undefined)) return batch;
  return { ...batch, ...appendToResources(batch.otlp, batch.scan, (row) => suffixes[row]) };
}

function isKeyAt(bytes: Buffer, start: number, end: number, { key }: TagField): boolean {
  if (end - start !== key.length) return false;
  for (let at = 0; at < key.length; at += 1) if (bytes[start + at] !== key[at]) return false;
  return true;
}

function missing(fields: readonly TagField[], own: ReadonlySet<TagField>): Uint8Array | undefined {
  const rest = fields.filter((field) => !own.has(field));
  return rest.length === 0 ? undefined : joined(rest);
}
