import { END, parameter, PRETTY, RAW, SERVICE, START } from './endpoint-doc.ts';
import type { ParameterDoc } from './endpoint-doc.ts';

export const DOWNLOAD = parameter('download', 'Answers a file to keep, unless empty or false.');
const repeated = { isRepeated: true };

/** Of `GET /api/traces`. */
export const SEARCH_PARAMETERS: readonly ParameterDoc[] = [
  SERVICE,
  parameter('operation', 'Name of a span.'),
  START,
  END,
  parameter('limit', 'Traces to answer.', { type: 'integer' }),
  parameter('minDuration', 'Shortest span, such as 1.2s.'),
  parameter('maxDuration', 'Longest span, such as 1.2s.'),
  parameter('tag', 'An attribute, as key:value.', repeated),
  parameter('tags', 'Attributes, as a JSON object of texts.', repeated),
  parameter('filter', 'Conditions on spans and traces, as text or JSON.', repeated),
  parameter('cursor', 'Where the page before ended; empty for the first one.'),
  parameter('traceID', 'Traces to answer instead of searching.', repeated),
  RAW,
  DOWNLOAD,
  PRETTY,
];

const rfc3339 = 'in RFC 3339.';

/** Of the searches of `/api/v3`. */
export const V3_SEARCH_PARAMETERS: readonly ParameterDoc[] = [
  parameter('query.serviceName', 'Name of a service.'),
  parameter('query.operationName', 'Name of a span.'),
  parameter('query.startTimeMin', `Earliest start, ${rfc3339}`, { isRequired: true }),
  parameter('query.startTimeMax', `Latest start, ${rfc3339}`, { isRequired: true }),
  parameter('query.durationMin', 'Shortest span, such as 1.2s.'),
  parameter('query.durationMax', 'Longest span, such as 1.2s.'),
  parameter('query.searchDepth', 'Traces to answer.', { type: 'integer' }),
  parameter('query.attributes', 'Attributes, as a JSON object of texts.'),
  parameter('query.filter', 'Conditions on spans and traces, as text or JSON.', repeated),
  parameter('query.cursor', 'Where the page before ended; empty for the first one.'),
  parameter('query.rawTraces', 'Whether to show traces as they are stored.', { type: 'boolean' }),
];

export const V3_WINDOW: readonly ParameterDoc[] = [
  parameter('startTime', `About when the trace started, ${rfc3339}`),
  parameter('endTime', `About when the trace ended, ${rfc3339}`),
];
