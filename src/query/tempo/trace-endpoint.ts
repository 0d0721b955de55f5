import { Buffer } from 'node:buffer';
import type { OtlpJsonForm } from '../../wire/otlp/otlp-json.ts';
import { encodeSpans } from '../../wire/otlp/encode-trace.ts';
import { resourceSpansText } from '../../wire/otlp/otlp-json.ts';
import { ProtobufWriter } from '../../wire/protobuf/writer.ts';
import { createSizeLimit } from '../api/answer-body.ts';
import type { SizeLimit } from '../api/answer-body.ts';
import { ApiError } from '../api/api-error.ts';
import type { AnswerText, ApiDeps, ApiRequest } from '../api/endpoint.ts';
import { jsonText } from '../api/json-text.ts';
import { createPace } from '../api/pace.ts';
import type { Pace } from '../api/pace.ts';
import { readTraces } from '../api/read-traces.ts';
import type { SpanPiece } from '../api/span-piece.ts';
import { rereader, storedTraces } from '../stored-traces.ts';
import { readWindow } from './tempo-search.ts';

/** Of the two forms of answers with one trace, the second has room for what is said about it. */
export type TraceVersion = 1 | 2;

export const PROTOBUF = 'application/protobuf';

export function isProtobufAsked({ accept }: ApiRequest): boolean {
  return accept.split(',').some((one) => one.split(';', 1)[0]?.trim().toLowerCase() === PROTOBUF);
}

/** `GET /api/traces/{id}` and `GET /api/v2/traces/{id}`. */
export function traceById(request: ApiRequest, deps: ApiDeps, version: TraceVersion): AnswerText {
  const pace = createPace(request.signal);
  const pieces = piecesOf(request, deps, pace);
  const sized = createSizeLimit(deps.limits);
  return isProtobufAsked(request)
    ? traceProtobuf(pieces, version, sized)
    : traceJson(pieces, version, { sized, pace });
}

async function* traceJson(
  pieces: AsyncIterable<SpanPiece>,
  version: TraceVersion,
  { pace, sized }: { readonly pace: Pace; readonly sized: SizeLimit },
): AsyncGenerator<string> {
  const start = JSON_START[version];
  let before: string = start;
  for await (const piece of pieces) {
    const spans = piece.spans();
    await pace();
    for (const text of resourceSpansText(spans, jsonText, TEMPO_FORM)) {
      yield sized(before + text);
      before = '';
      await pace();
    }
    if (before === '') before = ',';
  }
  if (before === start) throw notFound();
  yield JSON_END[version];
}

/**
 * A `tempopb.Trace` is OTLP's TracesData, and a `TraceByIDResponse` has it in its first field; parts
 * of a message that are sent one after the other are read as one.
 */
async function* traceProtobuf(
  pieces: AsyncIterable<SpanPiece>,
  version: TraceVersion,
  sized: SizeLimit,
): AsyncGenerator<Uint8Array> {
  let isFound = false;
  for await (const piece of pieces) {
    const trace = storedBytes(piece) ?? encodeSpans(piece.spans());
    yield sized(version === 1 ? trace : inFirstField(trace));
    isFound = true;
  }
  if (!isFound) throw notFound();
}

/**
 * A piece as it is stored, where all of it is shown and nothing about it is corrected: remarks alone
 * are not worth to decode and encode every span.
 */
function storedBytes({ stored }: SpanPiece): Uint8Array | undefined {
  if (stored === undefined || stored.count < stored.scan.count) return undefined;
  for (let index = 0; index < stored.count; index++) {
    const { shiftNano = 0n } = stored.skewOf(index) ?? {};
    if (stored.wayOf(index) !== 'bytes' || shiftNano !== 0n) return undefined;
  }
  return stored.otlp;
}

function inFirstField(message: Uint8Array): Uint8Array {
  const writer = new ProtobufWriter();
  writer.bytes(1, message);
  return writer.finish();
}

function notFound(): ApiError {
  return new ApiError(404, 'trace not found');
}

const JSON_START = { 1: '{"batches":[', 2: '{"trace":{"resourceSpans":[' } as const;
const JSON_END = { 1: ']}', 2: ']},"metrics":{}}' } as const;

async function* piecesOf(
  request: ApiRequest,
  deps: ApiDeps,
  pace: Pace,
): AsyncGenerator<SpanPiece> {
  const { name, parameters, signal, tenant } = request;
  if (!/^[0-9a-fA-F]{1,32}$/.test(name)) {
    throw new ApiError(400, 'invalid trace id: up to 32 hex digits are expected');
  }
  if ((parameters.get('q') ?? '') !== '') {
    throw new ApiError(400, 'invalid q: a part of a trace cannot be asked for');
  }
  const ids = [name.toLowerCase().padStart(32, '0')];
  const chunks = storedTraces(deps.storage, {
    tenant,
    ids,
    window: readWindow(parameters),
    signal,
  });
  const reread = rereader(deps.storage, request);
  const { limits } = deps;
  for await (const { pieces } of readTraces(chunks, { raw: false, limits, pace, reread })) {
    for await (const piece of pieces) {
      yield piece;
      await pace();
    }
  }
}

/** Protobuf's own JSON, which OTLP departs from: ids are bytes, enums have their names. */
const TEMPO_FORM: OtlpJsonForm = {
  id: (hex) => Buffer.from(hex, 'hex').toString('base64'),
  kind: (kind) => (kind === 'unspecified' ? 0 : `SPAN_KIND_${kind.toUpperCase()}`),
  status: (code) => (code === 'unset' ? 0 : `STATUS_CODE_${code.toUpperCase()}`),
};
