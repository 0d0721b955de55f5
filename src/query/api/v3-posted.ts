import { isJsonObject } from '../../runtime/json-object.ts';
import { ApiError } from './api-error.ts';
import type { AnswerText, ApiDeps, ApiRequest, Endpoint } from './endpoint.ts';
import { v3SearchTraces, v3TraceSummaries } from './v3-traces.ts';

const BODY = '{"query":{…}} with the parameters of GET without their prefix.';

/** The searches of `/api/v3` with their query as JSON in the body. */
export const v3PostedSearch = posted(v3SearchTraces);
export const v3PostedSummaries = posted(v3TraceSummaries);

function posted(endpoint: Endpoint): Endpoint {
  return {
    ...endpoint,
    method: 'POST',
    ...(endpoint.doc === undefined ? {} : { doc: { ...endpoint.doc, parameters: [], body: BODY } }),
    answer: (request, deps) => pieces(endpoint, request, deps),
  };
}

async function* pieces(
  endpoint: Endpoint,
  request: ApiRequest,
  deps: ApiDeps,
): AsyncGenerator<string | Uint8Array> {
  const parameters = parametersOf(await request.body());
  const answer: AnswerText | Promise<string> = endpoint.answer({ ...request, parameters }, deps);
  if (answer instanceof Promise) yield await answer;
  else yield* answer;
}

/** `{"query":{"serviceName":…}}` as `query.serviceName=…`. @throws ApiError */
function parametersOf(body: string): URLSearchParams {
  const query = parsed(body)['query'] ?? {};
  if (!isJsonObject(query)) throw new ApiError(400, 'malformed body: query is not an object');
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null) continue;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    parameters.set(`query.${name}`, text);
  }
  return parameters;
}

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    if (isJsonObject(value)) return value;
  } catch (error) {
    throw new ApiError(400, 'malformed body: it is not JSON', { cause: error });
  }
  throw new ApiError(400, 'malformed body: it is not an object');
}
