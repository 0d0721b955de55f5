import { attributeText } from '../../model/attribute-text.ts';
import { SPAN_KINDS, STATUS_CODES } from '../../model/span.ts';
import type { AttributeValue } from '../../model/span.ts';
import { parseTraceqlName } from '../../model/traceql/parse-traceql.ts';
import { valuesOf } from '../../model/traceql/span-values.ts';
import { INTRINSICS } from '../../model/traceql/subject-names.ts';
import { TraceqlError } from '../../model/traceql/traceql-query.ts';
import type { Subject } from '../../model/traceql/traceql-query.ts';
import type {
  TempoTagValuesJson,
  TempoTypedTagValuesJson,
  TypedTagValueJson,
} from './tempo-json.ts';
import { decimalOf } from '../../model/value-rule.ts';
import { bounded } from '../api/answer-body.ts';
import type { ApiDeps, ApiRequest } from '../api/endpoint.ts';
import { jsonText } from '../api/json-text.ts';
import { sampleFilter, sampleSpans } from './tag-sample.ts';
import { readCount } from './tempo-search.ts';

const DEFAULT_LIMIT = 1000;
/** Services whose operations are asked for, to list the names of spans. */
const SERVICES_MAX = 200;
/** Nobody picks a longer text from a list. */
const VALUE_CHARACTERS_MAX = 1024;

/** `GET /api/search/tag/{name}/values`, where the name has no scope. */
export async function tagValues(request: ApiRequest, deps: ApiDeps): Promise<string> {
  const values = await valuesFor(plainSubject(tagName(request)), request, deps);
  const texts = values.map(({ value }) => value);
  return bounded(
    jsonText({ tagValues: texts, metrics: {} } satisfies TempoTagValuesJson),
    deps.limits,
  );
}

/** `GET /api/v2/search/tag/{name}/values`, where the name is one of TraceQL. */
export async function typedTagValues(request: ApiRequest, deps: ApiDeps): Promise<string> {
  const name = tagName(request);
  const values = await valuesFor(namedSubject(name), request, deps);
  return bounded(
    jsonText({ tagValues: values, metrics: {} } satisfies TempoTypedTagValuesJson),
    deps.limits,
  );
}

/** Grafana escapes names twice, because proxies on the way read them once. */
function tagName({ name }: ApiRequest): string {
  try {
    return decodeURIComponent(name);
  } catch (error) {
    if (error instanceof URIError) return name;
    throw error;
  }
}

function plainSubject(name: string): Subject {
  return INTRINSICS.get(name) ?? { place: 'any', key: name };
}

function namedSubject(name: string): Subject {
  try {
    return parseTraceqlName(name);
  } catch (error) {
    if (error instanceof TraceqlError) return plainSubject(name);
    throw error;
  }
}

async function valuesFor(
  subject: Subject,
  request: ApiRequest,
  deps: ApiDeps,
): Promise<readonly TypedTagValueJson[]> {
  const limit = readCount(request.parameters, 'limit', DEFAULT_LIMIT);
  const filter = sampleFilter(request.parameters);
  const known = filter === undefined ? await knownTexts(subject, limit, request, deps) : undefined;
  const types = new Map<string, TypedTagValueJson['type']>();
  if (known?.isAll !== true && !isNumberOrId(subject)) {
    for await (const { span, summary } of sampleSpans(request, deps, filter)) {
      for (const value of valuesOf(subject, span, summary)) {
        const text = attributeText(value);
        if (text.length <= VALUE_CHARACTERS_MAX) types.set(text, typeOf(subject, value));
      }
    }
  }
  for (const text of known?.texts ?? []) {
    if (text.length > VALUE_CHARACTERS_MAX || types.has(text)) continue;
    types.set(text, typeOfText(subject, text));
  }
  return [...types]
    .filter(([value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, limit)
    .map(([value, type]) => ({ type, value }));
}

/** There is nothing to choose from among durations and ids. */
function isNumberOrId(subject: Subject): boolean {
  if ('id' in subject) return true;
  return (
    ('trace' in subject ? subject.trace : 'field' in subject ? subject.field : '') === 'duration'
  );
}

interface KnownTexts {
  readonly texts: readonly string[];
  /** Whether there are no others that a look at some spans could find. */
  readonly isAll: boolean;
}

/** Values that the storage knows without a look at spans. */
async function knownTexts(
  subject: Subject,
  limit: number,
  { tenant }: ApiRequest,
  { storage: { reader } }: ApiDeps,
): Promise<KnownTexts> {
  if ('field' in subject) {
    if (subject.field === 'status') return { texts: STATUS_CODES, isAll: true };
    if (subject.field === 'kind') return { texts: SPAN_KINDS, isAll: true };
    if (subject.field !== 'name') return { texts: [], isAll: false };
    const services = (await reader.services(tenant)).slice(0, SERVICES_MAX);
    const found = [];
    for (const service of services) found.push(...(await reader.operations(tenant, service)));
    return { texts: found.map(({ name }) => name), isAll: true };
  }
  if ('trace' in subject || 'id' in subject) return { texts: [], isAll: false };
  const { key, place } = subject;
  if (key === 'service.name' && (place === 'resource' || place === 'any')) {
    return { texts: await reader.services(tenant), isAll: true };
  }
  if (place === 'scope') return { texts: [], isAll: false };
  return { texts: (await reader.attributeValues?.(tenant, key, '', limit)) ?? [], isAll: false };
}

function typeOf(subject: Subject, value: AttributeValue): TypedTagValueJson['type'] {
  switch (value.type) {
    case 'int':
    case 'bool':
      return value.type;
    case 'double':
      return 'float';
    case 'string':
      return isKeyword(subject) ? 'keyword' : 'string';
    case 'empty':
    case 'bytes':
    case 'array':
    case 'map':
      return 'string';
  }
}

/** A search compares texts, so that a text that looks like a number is found by the number too. */
function typeOfText(subject: Subject, text: string): TypedTagValueJson['type'] {
  if (isKeyword(subject)) return 'keyword';
  if (!('key' in subject)) return 'string';
  if (text === 'true' || text === 'false') return 'bool';
  const number = decimalOf(text);
  if (number === undefined || String(number) !== text) return 'string';
  return typeof number === 'bigint' ? 'int' : 'float';
}

function isKeyword(subject: Subject): boolean {
  return 'field' in subject && (subject.field === 'status' || subject.field === 'kind');
}
