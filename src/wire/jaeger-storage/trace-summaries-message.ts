import type { ServiceSummary, TraceSummary } from '../../model/trace-query.ts';
import { WIRE_FIXED64, WIRE_LENGTH, WIRE_VARINT } from '../protobuf/reader.ts';
import type { ProtobufReader } from '../protobuf/reader.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';
import { decodeRepeated } from './read-answers.ts';
import { MATCH_FIELD } from './search-extension.ts';

/** With where its trace stands in the order of results, for those who asked for that. */
export interface SummaryMessage extends TraceSummary {
  readonly matchNano?: bigint;
}

/**
 * FindTraceSummariesResponse{1 summaries: TraceSummary{1 trace_id, 2 root_service_name,
 * 3 root_operation_name, 4 min_start, 5 max_end (fixed64), 6 span_count, 7 error_span_count,
 * 8 orphan_span_count, 9 services: {1 name, 2 span_count, 3 error_span_count}}}.
 */
export function encodeTraceSummaries(
  summaries: readonly SummaryMessage[],
  { tellPositions = false }: { readonly tellPositions?: boolean | undefined } = {},
): Uint8Array {
  const writer = new ProtobufWriter();
  for (const summary of summaries) {
    const start = writer.beginMessage(1);
    writer.hex(1, summary.traceId);
    writer.string(2, summary.rootServiceName);
    writer.string(3, summary.rootOperationName);
    writer.fixed64(4, summary.minStartTimeNano);
    writer.fixed64(5, summary.maxEndTimeNano);
    writer.uint32(6, summary.spanCount);
    writer.uint32(7, summary.errorSpanCount);
    writer.uint32(8, summary.orphanSpanCount);
    for (const service of summary.services) writeService(writer, service);
    const { matchNano } = summary;
    if (tellPositions && matchNano !== undefined) writer.fixed64(MATCH_FIELD, matchNano);
    writer.endMessage(start);
  }
  return writer.finish();
}

/** @throws WireError */
export function decodeTraceSummaries(bytes: Uint8Array): readonly SummaryMessage[] {
  return decodeRepeated(bytes, readSummary);
}

function writeService(writer: ProtobufWriter, service: ServiceSummary): void {
  const start = writer.beginMessage(9);
  writer.string(1, service.name);
  writer.uint32(2, service.spanCount);
  writer.uint32(3, service.errorSpanCount);
  writer.endMessage(start);
}

const FIELD_WIRE_TYPES = [
  WIRE_LENGTH,
  WIRE_LENGTH,
  WIRE_LENGTH,
  WIRE_FIXED64,
  WIRE_FIXED64,
  WIRE_VARINT,
  WIRE_VARINT,
  WIRE_VARINT,
  WIRE_LENGTH,
];

interface Draft {
  readonly texts: string[];
  readonly times: bigint[];
  readonly counts: number[];
  readonly services: ServiceSummary[];
  match: Pick<SummaryMessage, 'matchNano'>;
}

function readSummary(reader: ProtobufReader): SummaryMessage {
  const draft: Draft = { texts: [], times: [], counts: [], services: [], match: {} };
  const outer = reader.enter();
  while (reader.hasMore()) readField(reader, draft);
  reader.leave(outer);
  const { match, services } = draft;
  const [traceId = '', rootServiceName = '', rootOperationName = ''] = draft.texts;
  const [minStartTimeNano = 0n, maxEndTimeNano = 0n] = draft.times;
  const [spanCount = 0, errorSpanCount = 0, orphanSpanCount = 0] = draft.counts;
  return {
    traceId,
    rootServiceName,
    rootOperationName,
    minStartTimeNano,
    maxEndTimeNano,
    spanCount,
    errorSpanCount,
    orphanSpanCount,
    services,
    ...match,
  };
}

function readField(reader: ProtobufReader, draft: Draft): void {
  const { counts, services, texts, times } = draft;
  const tag = reader.tag();
  const field = tag >>> 3;
  const wireType = field === MATCH_FIELD ? WIRE_FIXED64 : FIELD_WIRE_TYPES[field - 1];
  if (wireType === undefined) {
    reader.skip(tag);
    return;
  }
  reader.expect(tag, wireType);
  if (field === 1) texts[0] = reader.hex();
  else if (field <= 3) texts[field - 1] = reader.string();
  else if (field <= 5) times[field - 4] = reader.fixed64();
  else if (field <= 8) counts[field - 6] = reader.varint32();
  else if (field === 9) services.push(readService(reader));
  else draft.match = { matchNano: reader.fixed64() };
}

function readService(reader: ProtobufReader): ServiceSummary {
  const outer = reader.enter();
  let name = '';
  const counts = [0, 0];
  while (reader.hasMore()) {
    const tag = reader.tag();
    const field = tag >>> 3;
    if (field === 1) {
      reader.expect(tag, WIRE_LENGTH);
      name = reader.string();
    } else if (field === 2 || field === 3) {
      reader.expect(tag, WIRE_VARINT);
      counts[field - 2] = reader.varint32();
    } else {
      reader.skip(tag);
    }
  }
  reader.leave(outer);
  const [spanCount = 0, errorSpanCount = 0] = counts;
  return { name, spanCount, errorSpanCount };
}
