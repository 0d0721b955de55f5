import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type {
  TextAttribute,
  TimelineProcess,
  TimelineReference,
  TimelineSpan,
  TimelineTrace,
} from '../../model/timeline-span.ts';
import { inPieces } from '../in-pieces.ts';
import { fetchJson } from './fetch-json.ts';
import {
  jsonObject,
  type JsonObject,
  numberField,
  objectField,
  objectsField,
  textField,
  textsField,
} from './json-shape.ts';

/** A large trace should not outlive the look at it for long. */
const KEPT_MS = 60_000;

/** The whole trace. It is kept while it is looked at: only a reload asks anew. */
export function useTrace(traceId: string): UseQueryResult<TimelineTrace> {
  return useQuery({
    queryKey: ['trace', traceId],
    staleTime: Infinity,
    gcTime: KEPT_MS,
    // Comparing a hundred thousand spans with nothing older would be time lost.
    structuralSharing: false,
    queryFn: async ({ signal }): Promise<TimelineTrace> =>
      readTrace(await fetchJson(traceJsonHref(traceId), signal), signal),
  });
}

/** Relative to the base path. */
export function traceJsonHref(traceId: string): string {
  return `api/traces/${encodeURIComponent(traceId)}`;
}

/** Reads the first trace of Jaeger's `{data: [trace]}`. */
async function readTrace(body: unknown, signal: AbortSignal): Promise<TimelineTrace> {
  const [trace = {}] = objectsField(jsonObject(body), 'data');
  const processes = new Map<string, TimelineProcess>();
  for (const [key, process] of Object.entries(objectField(trace, 'processes'))) {
    processes.set(key, readProcess(jsonObject(process)));
  }
  const unknown: TimelineProcess = { serviceName: '', tags: [] };
  const spans: TimelineSpan[] = [];
  await inPieces(objectsField(trace, 'spans'), signal, (span) => {
    spans.push(readSpan(span, processes.get(textField(span, 'processID')) ?? unknown));
  });
  signal.throwIfAborted();
  return {
    traceId: textField(trace, 'traceID'),
    warnings: textsField(trace, 'warnings'),
    spans,
  };
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
  const parent = inTrace.find(({ kind }) => kind === 'child-of') ?? inTrace[0];
  const tags = objectsField(span, 'tags').map(readAttribute);
  return {
    spanId: textField(span, 'spanID'),
    parentSpanId: parent?.spanId ?? textField(span, 'parentSpanID'),
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
    references: references.filter((reference) => reference !== parent),
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
