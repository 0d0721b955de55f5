import { UsageError } from '../../runtime/errors.ts';
import { TEXT } from '../send-answer.ts';
import { ApiError } from '../api/endpoint.ts';
import type { ApiDeps, ApiRequest, Endpoint } from '../api/endpoint.ts';
import { jsonText } from '../api/json-text.ts';
import type { TempoConfig } from './config.ts';
import { searchTraces } from './search-endpoint.ts';
import { scopedTagNames, tagNames } from './tag-names.ts';
import { tagValues, typedTagValues } from './tag-values.ts';
import { PROTOBUF, isProtobufAsked, traceById } from './trace-endpoint.ts';
import type { TraceVersion } from './trace-endpoint.ts';

/** The version of Tempo whose HTTP API this is; Grafana decides by it what to ask. */
const TEMPO_VERSION = '2.6.0';
const JSON_TYPE = 'application/json';

/**
 * The HTTP API of Grafana Tempo. https://grafana.com/docs/tempo/latest/api_docs/
 * @throws UsageError for a base path that cannot be used
 */
export function tempoEndpoints(config: TempoConfig): readonly Endpoint[] {
  if (config.basePath === '') return [];
  const at = pathsBelow(config.basePath);
  const traceAt = (path: string, version: TraceVersion): Endpoint => ({
    ...{ operation: 'tempo_trace', method: 'GET', path: at(path), family: 'tempo' },
    type: (request) => (isProtobufAsked(request) ? PROTOBUF : JSON_TYPE),
    answer: (request, deps) => traceById(request, deps, version),
  });
  const get = (operation: string, path: string, answer: Answer): Endpoint => ({
    ...{ operation, method: 'GET', path: at(path), family: 'tempo', answer },
  });
  return [
    { ...get('tempo_echo', '/api/echo', () => Promise.resolve('echo')), type: () => TEXT },
    get('tempo_build', '/api/status/buildinfo', () => Promise.resolve(buildInfo())),
    traceAt('/api/traces/([^/]+)', 1),
    traceAt('/api/v2/traces/([^/]+)', 2),
    get('tempo_search', '/api/search', (request, deps) => searchTraces(request, deps, config)),
    get('tempo_tags', '/api/search/tags', tagNames),
    get('tempo_tags', '/api/v2/search/tags', scopedTagNames),
    get('tempo_tag_values', '/api/search/tag/([^/]+)/values', tagValues),
    get('tempo_tag_values', '/api/v2/search/tag/([^/]+)/values', typedTagValues),
    get('tempo_metrics', '/api/metrics/(.*)', ({ name }) => refuse(501, `/api/metrics/${name}`)),
    // Everything else below the base path would be taken for a page of the UI.
    get('tempo_unknown', '(|/.*)', ({ name }) => refuse(404, name)),
  ];
}

type Answer = (request: ApiRequest, deps: ApiDeps) => Promise<string>;

function refuse(status: number, path: string): Promise<string> {
  const message =
    status === 501
      ? `${path}: metrics of traces (TraceQL metrics) are not supported`
      : `${path}: this part of Tempo's API is not supported`;
  return Promise.reject(new ApiError(status, message));
}

function buildInfo(): string {
  return jsonText({
    version: TEMPO_VERSION,
    ...{ revision: '', branch: '', buildUser: '', buildDate: '', goVersion: '' },
  });
}

function pathsBelow(basePath: string): (path: string) => RegExp {
  if (
    !/^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$/.test(basePath) ||
    /^\/api(?:\/|$)/.test(basePath)
  ) {
    throw new UsageError(
      `query.tempo.base-path: ${JSON.stringify(basePath)} is not allowed; want a path such as /tempo, without a slash at its end and not below /api`,
    );
  }
  const escaped = basePath.replaceAll('.', '\\.');
  return (path) => new RegExp(`^${escaped}${path}$`);
}
