import { type QueryClient, useQuery } from '@tanstack/react-query';
import { postForJson } from './fetch-json.ts';
import { type FoundTrace, foundTraceOfJaeger } from './found-trace.ts';
import { jsonObject, type JsonObject, objectsField } from './json-shape.ts';
import { rememberTrace } from './trace.ts';
import { timelineTraceOfJaeger } from './trace-of-jaeger.ts';

/** What was uploaded in this tab; a reload forgets it. */
export interface Uploads {
  readonly files: readonly UploadedFile[];
  readonly traces: readonly FoundTrace[];
  /** Milliseconds since 1970, of the last upload. */
  readonly atMs: number;
}

export interface UploadedFile {
  readonly name: string;
  readonly traceCount: number;
  /** Sentences for people. */
  readonly problems: readonly string[];
}

const KEY = ['uploads'];
const NOTHING: Uploads = { files: [], traces: [], atMs: 0 };

export function useUploads(): Uploads {
  const { data } = useQuery({
    queryKey: KEY,
    queryFn: () => NOTHING,
    initialData: NOTHING,
    staleTime: Infinity,
    gcTime: Infinity,
  });
  return data;
}

/** A trace that is uploaded once more replaces itself. Each opens under its id from now on. */
export function addUpload(
  client: QueryClient,
  file: Omit<UploadedFile, 'traceCount'>,
  traces: readonly JsonObject[],
): void {
  for (const trace of traces) rememberTrace(client, timelineTraceOfJaeger(trace));
  client.setQueryDefaults(KEY, { gcTime: Infinity });
  client.setQueryData(KEY, (before: Uploads = NOTHING): Uploads => {
    const byId = new Map(before.traces.map((trace) => [trace.traceId, trace]));
    for (const trace of traces.map(foundTraceOfJaeger)) byId.set(trace.traceId, trace);
    const added = { ...file, traceCount: traces.length };
    return {
      files: [...before.files.filter(({ name }) => name !== file.name), added],
      traces: [...byId.values()],
      atMs: Date.now(),
    };
  });
}

export function forgetUploads(client: QueryClient): void {
  client.setQueryData(KEY, NOTHING);
}

/** Has the query service write OTLP's ResourceSpans as Jaeger's JSON. @throws ApiError */
export async function transformOtlp(
  resourceSpans: readonly unknown[],
  signal: AbortSignal,
): Promise<readonly JsonObject[]> {
  const body = JSON.stringify({ resourceSpans });
  return objectsField(jsonObject(await postForJson('api/transform', signal, body)), 'data');
}
