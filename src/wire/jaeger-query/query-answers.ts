import type { Span } from '../../model/span.ts';
import type { TraceSummary } from '../../model/trace-query.ts';
import { encodeJaegerProtoSpan } from '../jaeger/encode-proto-span.ts';
import type { OperationMessage } from '../jaeger-storage/read-answers.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';

/** jaeger.api_v2.SpansResponseChunk{1 spans}. */
export function encodeSpansChunk(spans: readonly Span[]): Uint8Array {
  const writer = new ProtobufWriter();
  for (const span of spans) writer.bytes(1, encodeJaegerProtoSpan(span));
  return writer.finish();
}

/** jaeger.api_v2.GetOperationsResponse{1 operationNames, 2 operations: {1 name, 2 span_kind}}. */
export function encodeOperationsV2(operations: readonly OperationMessage[]): Uint8Array {
  const writer = new ProtobufWriter();
  for (const name of new Set(operations.map((operation) => operation.name))) writer.string(1, name);
  for (const { name, spanKind } of operations) {
    const start = writer.beginMessage(2);
    writer.string(1, name);
    if (spanKind !== '') writer.string(2, spanKind);
    writer.endMessage(start);
  }
  return writer.finish();
}

/**
 * jaeger.api_v3.FindTraceSummariesResponse{1 summaries}: as in jaeger.storage.v2, but for the trace
 * id, which is hex digits.
 */
export function encodeSummariesV3(summaries: readonly TraceSummary[]): Uint8Array {
  const writer = new ProtobufWriter();
  for (const summary of summaries) {
    const start = writer.beginMessage(1);
    writer.string(1, summary.traceId);
    if (summary.rootServiceName !== '') writer.string(2, summary.rootServiceName);
    if (summary.rootOperationName !== '') writer.string(3, summary.rootOperationName);
    writer.fixed64(4, summary.minStartTimeNano);
    writer.fixed64(5, summary.maxEndTimeNano);
    writeCount(writer, 6, summary.spanCount);
    writeCount(writer, 7, summary.errorSpanCount);
    writeCount(writer, 8, summary.orphanSpanCount);
    for (const { name, spanCount, errorSpanCount } of summary.services) {
      const service = writer.beginMessage(9);
      writer.string(1, name);
      writeCount(writer, 2, spanCount);
      writeCount(writer, 3, errorSpanCount);
      writer.endMessage(service);
    }
    writer.endMessage(start);
  }
  return writer.finish();
}

function writeCount(writer: ProtobufWriter, field: number, count: number): void {
  if (count !== 0) writer.uint32(field, count);
}

/** jaeger.api_v3.SearchCapabilities. */
export interface SearchAbilitiesV3 {
  readonly withoutServiceName: boolean;
  readonly filterLevels: readonly string[];
  readonly filterOperators: readonly string[];
}

/** jaeger.api_v3.GetCapabilitiesResponse{1 search}. Our conditions hold on one span always. */
export function encodeCapabilitiesV3(search: SearchAbilitiesV3): Uint8Array {
  const writer = new ProtobufWriter();
  const start = writer.beginMessage(1);
  if (search.withoutServiceName) writer.bool(1, true);
  writer.bool(2, true);
  if (search.filterOperators.length > 0) {
    const filter = writer.beginMessage(3);
    for (const level of search.filterLevels) writer.string(1, level);
    for (const operator of search.filterOperators) writer.string(2, operator);
    writer.endMessage(filter);
  }
  writer.endMessage(start);
  return writer.finish();
}
