import { parameter, pathPart } from '../api/endpoint-doc.ts';
import type { EndpointDoc } from '../api/endpoint-doc.ts';

const SECONDS = 'seconds since 1970';
const QUERY = parameter('q', 'TraceQL; see the guide on Grafana for what of it is known.');
const WINDOW = [
  parameter('start', `Earliest start, ${SECONDS}.`, { type: 'integer' }),
  parameter('end', `Latest start, ${SECONDS}.`, { type: 'integer' }),
];
const LIMIT = parameter('limit', 'How many to answer.', { type: 'integer' });
const SCOPE = parameter('scope', 'Only names of this scope.', {
  values: ['all', 'none', 'resource', 'span', 'event', 'link', 'instrumentation', 'intrinsic'],
});
const TRACE_PARAMETERS = [
  pathPart('traceID', 'Trace id, up to 32 hex digits.'),
  parameter('q', 'Must be empty: a part of a trace cannot be asked for.'),
  ...WINDOW,
];
const TAG = pathPart('tag', 'Name of the attribute, without its scope.');
const VALUE_PARAMETERS = [QUERY, LIMIT, ...WINDOW];

/** What people are told of Tempo's endpoints; paths are below the base path of Tempo's API. */
export const TEMPO_DOCS = {
  echo: { summary: 'Whether anybody is there.', path: '/api/echo', parameters: [] },
  build: {
    summary: 'The version of Tempo whose API this is.',
    path: '/api/status/buildinfo',
    answer: 'tempoBuild',
    parameters: [],
  },
  trace: {
    summary: 'One trace.',
    path: '/api/traces/{traceID}',
    answer: 'tempoTrace',
    parameters: TRACE_PARAMETERS,
  },
  traceV2: {
    summary: 'One trace.',
    path: '/api/v2/traces/{traceID}',
    answer: 'tempoTraceV2',
    parameters: TRACE_PARAMETERS,
  },
  search: {
    summary: 'Traces that match.',
    path: '/api/search',
    answer: 'tempoSearch',
    parameters: [
      QUERY,
      parameter('tags', 'Conditions as in logfmt: key=value, separated by spaces.'),
      parameter('minDuration', 'Shortest trace, such as 100ms.'),
      parameter('maxDuration', 'Longest trace, such as 1.5s.'),
      LIMIT,
      parameter('spss', 'Spans to show of each trace.', { type: 'integer' }),
      ...WINDOW,
    ],
  },
  tags: {
    summary: 'Names of attributes.',
    path: '/api/search/tags',
    answer: 'tempoTags',
    parameters: [SCOPE, QUERY, LIMIT, ...WINDOW],
  },
  scopedTags: {
    summary: 'Names of attributes by scope.',
    path: '/api/v2/search/tags',
    answer: 'tempoScopedTags',
    parameters: [SCOPE, QUERY, LIMIT, ...WINDOW],
  },
  tagValues: {
    summary: 'Values of an attribute.',
    path: '/api/search/tag/{tag}/values',
    answer: 'tempoTagValues',
    parameters: [TAG, ...VALUE_PARAMETERS],
  },
  typedTagValues: {
    summary: 'Values of an attribute, with their types.',
    path: '/api/v2/search/tag/{tag}/values',
    answer: 'tempoTypedTagValues',
    parameters: [
      pathPart('tag', 'Name of the attribute as TraceQL has it, with its scope.'),
      ...VALUE_PARAMETERS,
    ],
  },
} as const satisfies Readonly<Record<string, EndpointDoc>>;
