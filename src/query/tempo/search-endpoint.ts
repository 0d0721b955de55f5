import { createSizeLimit } from '../api/answer-body.ts';
import type { ApiDeps, ApiRequest } from '../api/endpoint.ts';
import { jsonText } from '../api/json-text.ts';
import type { TempoConfig } from './config.ts';
import { createInspection, findTraceql } from './find-traceql.ts';
import { foundTraceJson, shownSubjects } from './found-trace-json.ts';
import type { FoundTraceJson, TempoSearchJson } from './tempo-json.ts';
import { parseTempoSearch } from './tempo-search.ts';

/** `GET /api/search`. */
export async function searchTraces(
  { parameters, signal, tenant }: ApiRequest,
  { limits, storage }: ApiDeps,
  { maxTracesRead }: TempoConfig,
): Promise<string> {
  const { reader } = storage;
  const search = parseTempoSearch(parameters, { limits, filters: reader.capabilities.filters });
  const subjects = shownSubjects(search.traceql);
  const inspection = createInspection();
  const sized = createSizeLimit(limits);
  const traces: FoundTraceJson[] = [];
  const options = { reader, tenant, signal, limits, maxTracesRead };
  for await (const found of findTraceql(search, options, inspection)) {
    const trace = foundTraceJson(found, subjects, search.spansMax);
    sized(jsonText(trace));
    traces.push(trace);
  }
  const { bytes, stoppedBy } = inspection;
  const body: TempoSearchJson = {
    traces,
    metrics: {
      ...(inspection.traces === 0 ? {} : { inspectedTraces: inspection.traces }),
      ...(bytes === 0 ? {} : { inspectedBytes: String(bytes) }),
      completedJobs: 1,
      totalJobs: 1,
    },
    ...(stoppedBy === undefined
      ? {}
      : {
          status: 'PARTIAL',
          message: `there may be more: the search was ended by ${stoppedBy}`,
        }),
  };
  return jsonText(body);
}
