import type { FilterPlace, SpanField, TraceField } from '../search-filter.ts';
import type { IdField, Subject } from './traceql-query.ts';

/** Intrinsics by their names in TraceQL, of which some have two. */
export const INTRINSICS: ReadonlyMap<string, Subject> = new Map<string, Subject>([
  ['name', { field: 'name' }],
  ['status', { field: 'status' }],
  ['statusMessage', { field: 'statusMessage' }],
  ['kind', { field: 'kind' }],
  ['duration', { field: 'duration' }],
  ['rootName', { trace: 'rootName' }],
  ['rootServiceName', { trace: 'rootService' }],
  ['traceDuration', { trace: 'duration' }],
  ['span:name', { field: 'name' }],
  ['span:status', { field: 'status' }],
  ['span:statusMessage', { field: 'statusMessage' }],
  ['span:kind', { field: 'kind' }],
  ['span:duration', { field: 'duration' }],
  ['span:id', { id: 'span' }],
  ['span:parentID', { id: 'parent' }],
  ['trace:id', { id: 'trace' }],
  ['trace:duration', { trace: 'duration' }],
  ['trace:rootName', { trace: 'rootName' }],
  ['trace:rootService', { trace: 'rootService' }],
  ['event:name', { field: 'eventName' }],
  ['link:traceID', { id: 'linkTrace' }],
  ['link:spanID', { id: 'linkSpan' }],
  ['instrumentation:name', { field: 'scopeName' }],
  ['instrumentation:version', { field: 'scopeVersion' }],
]);

/** Scopes of attributes; '' is that of `.name`. */
export const SCOPES: ReadonlyMap<string, FilterPlace> = new Map<string, FilterPlace>([
  ['', 'any'],
  ['span', 'span'],
  ['resource', 'resource'],
  ['event', 'event'],
  ['link', 'link'],
  ['instrumentation', 'scope'],
]);

const FIELD_NAMES: Readonly<Record<SpanField, string>> = {
  name: 'name',
  kind: 'kind',
  status: 'status',
  statusMessage: 'statusMessage',
  duration: 'duration',
  eventName: 'event:name',
  scopeName: 'instrumentation:name',
  scopeVersion: 'instrumentation:version',
};
const TRACE_NAMES: Readonly<Record<TraceField, string>> = {
  rootService: 'rootServiceName',
  rootName: 'rootName',
  duration: 'traceDuration',
};
const ID_NAMES: Readonly<Record<IdField, string>> = {
  trace: 'trace:id',
  span: 'span:id',
  parent: 'span:parentID',
  linkTrace: 'link:traceID',
  linkSpan: 'link:spanID',
};

/** The name under which answers show a value: of an attribute, its key without the scope. */
export function subjectName(subject: Subject): string {
  if ('key' in subject) return subject.key;
  if ('field' in subject) return FIELD_NAMES[subject.field];
  return 'trace' in subject ? TRACE_NAMES[subject.trace] : ID_NAMES[subject.id];
}
