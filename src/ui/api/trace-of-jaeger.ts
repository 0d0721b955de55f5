import { doInTurns, eachInTurns } from '../../model/in-turns.ts';
import type {
  TextAttribute,
  TimelineProcess,
  TimelineReference,
  TimelineSpan,
  TimelineTrace,
} from '../../model/timeline-span.ts';
import { createPageTurn } from '../in-turns.ts';
import {
  jsonObject,
  type JsonObject,
  numberField,
  objectField,
  objectsField,
  textField,
  textsField,
} from './json-shape.ts';

/** Reads one trace of Jaeger's JSON. @throws ApiError for anything else */
export function timelineTraceOfJaeger(json: unknown): TimelineTrace {
  const trace = jsonObject(json);
  const readSpan = spanReader(trace);
  return timelineTrace(trace, objectsField(trace, 'spans').map(readSpan));
}

/** The same for a large one: the page can answer while it is read. */
export async function readJaegerTrace(
  trace: JsonObject,
  signal: AbortSignal,
): Promise<TimelineTrace> {
  const readSpan = spanReader(trace);
  const spans: TimelineSpan[] = [];
  const reading = eachInTurns(objectsField(trace, 'spans'), (span) => spans.push(readSpan(span)));
  await doInTurns(reading, createPageTurn(signal));
  return timelineTrace(trace, spans);
}

function timelineTrace(trace: JsonObject, spans: readonly TimelineSpan[]): TimelineTrace {
  return { traceId: textField(trace, 'traceID'), warnings: textsField(trace, 'warnings'), spans };
}

function spanReader(trace: JsonObject): (span: JsonObject) => TimelineSpan {
  const processes = new Map<string, TimelineProcess>();
  for (const [key, process] of Object.entries(objectField(trace, 'processes'))) {
    processes.set(key, readProcess(jsonObject(process)));
  }
  const unknown: TimelineProcess = { serviceName: '', tags: [] };
  return (span) => readSpan(span, processes.get(textField(span, 'processID')) ?? unknown);
}

function readProcess(process: JsonObject): TimelineProcess {
  return {
    serviceName: textField(process, 'serviceName'),
    tags: objectsField(process, 'tags').map(readAttribute),
  };
}

function readSpan(span: JsonObject, process: TimelineProcess): TimelineSpan {
  const traceId = textField(span, 'traceID');
  const references = objectsField(span, 'references').map(readReference);
  const inTrace = references.filter((reference) => reference.traceId === traceId);
  const childOf = inTrace.find(({ kind }) => kind === 'child-of');
  const parentSpanId = childOf?.spanId ?? textField(span, 'parentSpanID');
  const tags = objectsField(span, 'tags').map(readAttribute);
  return {
    spanId: textField(span, 'spanID'),
    // As in Jaeger, a span with no parent stands below the first one of its trace that it follows.
    parentSpanId: parentSpanId === '' ? (inTrace[0]?.spanId ?? '') : parentSpanId,
    operationName: textField(span, 'operationName'),
    startUs: numberField(span, 'startTime'),
    durationUs: numberField(span, 'duration'),
    isError: tags.some(({ key, value }) => key === 'error' && value === 'true'),
    kind: tags.find(({ key }) => key === 'span.kind')?.value ?? '',
    tags,
    process,
    events: objectsField(span, 'logs').map((log) => ({
      timeUs: numberField(log, 'timestamp'),
      fields: objectsField(log, 'fields').map(readAttribute),
    })),
    references: references.filter((reference) => reference !== childOf),
    warnings: textsField(span, 'warnings'),
  };
}

function readAttribute(attribute: JsonObject): TextAttribute {
  return { key: textField(attribute, 'key'), value: textField(attribute, 'value') };
}

function readReference(reference: JsonObject): TimelineReference {
  return {
    kind: textField(reference, 'refType') === 'FOLLOWS_FROM' ? 'follows-from' : 'child-of',
    traceId: textField(reference, 'traceID'),
    spanId: textField(reference, 'spanID'),
  };
}
