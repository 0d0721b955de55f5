import { UsageError } from '../../runtime/errors.ts';
import { TEXT } from '../send-answer.ts';
import { ApiError } from '../api/api-error.ts';
import type { EndpointDoc } from '../api/endpoint-doc.ts';
import type { Endpoint } from '../api/endpoint.ts';
import { jsonText } from '../api/json-text.ts';
import type { TempoConfig } from './config.ts';
import { TEMPO_DOCS } from './tempo-docs.ts';
import { searchTraces } from './search-endpoint.ts';
import { scopedTagNames, tagNames } from './tag-names.ts';
import { tagValues, typedTagValues } from './tag-values.ts';
import type { TempoBuildJson } from './tempo-json.ts';
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
  const get = (operation: string, path: string, answer: Endpoint['answer']): Endpoint => ({
    ...{ operation, method: 'GET', path: at(path), family: 'tempo', answer },
  });
  const describedGet = (
    operation: string,
    doc: EndpointDoc,
    answer: Endpoint['answer'],
  ): Endpoint => ({
    ...get(operation, doc.path.replace(/\{[^}]+\}/, '([^/]+)'), answer),
    doc: { ...doc, path: config.basePath + doc.path },
  });
  const traceAt = (doc: EndpointDoc, version: TraceVersion): Endpoint => ({
    ...describedGet('tempo_trace', doc, (request, deps) => traceById(request, deps, version)),
    type: (request) => (isProtobufAsked(request) ? PROTOBUF : JSON_TYPE),
  });
  const echo = describedGet('tempo_echo', TEMPO_DOCS.echo, () => Promise.resolve('echo'));
  return [
    { ...echo, type: () => TEXT },
    describedGet('tempo_build', TEMPO_DOCS.build, () => Promise.resolve(buildInfo())),
    traceAt(TEMPO_DOCS.trace, 1),
    traceAt(TEMPO_DOCS.traceV2, 2),
    describedGet('tempo_search', TEMPO_DOCS.search, (request, deps) =>
      searchTraces(request, deps, config),
    ),
    describedGet('tempo_tags', TEMPO_DOCS.tags, tagNames),
    describedGet('tempo_tags', TEMPO_DOCS.scopedTags, scopedTagNames),
    describedGet('tempo_tag_values', TEMPO_DOCS.tagValues, tagValues),
    describedGet('tempo_tag_values', TEMPO_DOCS.typedTagValues, typedTagValues),
    get('tempo_metrics', '/api/metrics/(.*)', ({ name }) => refuse(501, `/api/metrics/${name}`)),
    // Everything else below the base path would be taken for a page of the UI.
    get('tempo_unknown', '(|/.*)', ({ name }) => refuse(404, name)),
  ];
}

function refuse(status: number, path: string): Promise<string> {
  const message =
    status === 501
      ? `${path}: metrics of traces (TraceQL metrics) are not supported`
      : `${path}: this part of Tempo's API is not supported`;
  return Promise.reject(new ApiError(status, message));
}

function buildInfo(): string {
  const body: TempoBuildJson = {
    version: TEMPO_VERSION,
    ...{ revision: '', branch: '', buildUser: '', buildDate: '', goVersion: '' },
  };
  return jsonText(body);
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
