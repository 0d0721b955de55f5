import type { ProtobufWriter } from '../protobuf/writer.ts';

/** SpanRefType of both thrift and protobuf. */
export const REF_CHILD_OF = 0;
export const REF_FOLLOWS_FROM = 1;

/** One SpanRef; the record is reused. Ids are big-endian words. */
export interface JaegerReference {
  type: number;
  readonly traceId: Uint32Array;
  readonly spanId: Uint32Array;
}

export function createReference(): JaegerReference {
  return { type: 0, traceId: new Uint32Array(4), spanId: new Uint32Array(2) };
}

export function sameWords(one: Uint32Array, other: Uint32Array): boolean {
  for (let index = 0; index < one.length; index += 1) {
    if (one[index] !== other[index]) return false;
  }
  return true;
}

/** OTLP Link{1 trace_id, 2 span_id, 4 attributes}; the attribute keeps the reference's type. */
export function writeLink(writer: ProtobufWriter, field: number, reference: JaegerReference): void {
  const link = writer.beginMessage(field);
  writer.words(1, reference.traceId);
  writer.words(2, reference.spanId);
  const attribute = writer.beginMessage(4);
  writer.string(1, 'opentracing.ref_type');
  const value = writer.beginMessage(2);
  writer.string(1, reference.type === REF_CHILD_OF ? 'child_of' : 'follows_from');
  writer.endMessage(value);
  writer.endMessage(attribute);
  writer.endMessage(link);
}
