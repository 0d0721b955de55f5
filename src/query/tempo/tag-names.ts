import { INTRINSICS } from '../../model/traceql/subject-names.ts';
import { ApiError } from '../api/api-error.ts';
import type { ApiDeps, ApiRequest } from '../api/endpoint.ts';
import { jsonText } from '../api/json-text.ts';
import { SAMPLED_PLACES, sampleFilter, sampleSpans, sampledKeys } from './tag-sample.ts';
import type { ScopeTagsJson, TempoScopedTagsJson, TempoTagsJson } from './tempo-json.ts';
import { readCount } from './tempo-search.ts';

const SCOPE_NAMES = [
  'resource',
  'span',
  'event',
  'link',
  'instrumentation',
  'intrinsic',
] as const satisfies readonly ScopeTagsJson['name'][];
type ScopeName = ScopeTagsJson['name'];

const DEFAULT_LIMIT = 1000;

/** `GET /api/search/tags`: names of all scopes in one list. */
export async function tagNames(request: ApiRequest, deps: ApiDeps): Promise<string> {
  const scopes = await namesByScope(request, deps);
  const isIntrinsicAsked = request.parameters.get('scope') === 'intrinsic';
  const names = scopes
    .filter(({ name }) => name !== 'intrinsic' || isIntrinsicAsked)
    .flatMap(({ tags }) => tags);
  const body: TempoTagsJson = { tagNames: [...new Set(names)].sort(), metrics: {} };
  return jsonText(body);
}

/** `GET /api/v2/search/tags`: names by scope. */
export async function scopedTagNames(request: ApiRequest, deps: ApiDeps): Promise<string> {
  const body: TempoScopedTagsJson = { scopes: await namesByScope(request, deps), metrics: {} };
  return jsonText(body);
}

/**
 * The storage knows keys of spans, events, links and resources together, of all spans. Which are of
 * which is looked up in some spans; a key that none of these has may be of spans or of resources.
 */
async function namesByScope(request: ApiRequest, deps: ApiDeps): Promise<readonly ScopeTagsJson[]> {
  const { parameters, tenant } = request;
  const limit = readCount(parameters, 'limit', DEFAULT_LIMIT);
  const wanted = wantedScopes(parameters);
  const filter = sampleFilter(parameters);
  const sampled = await sampledKeys(sampleSpans(request, deps, filter));
  const { reader } = deps.storage;
  const known = filter === undefined ? ((await reader.attributeKeys?.(tenant)) ?? []) : [];
  const unseen = known.filter((key) => !SAMPLED_PLACES.some((place) => sampled[place].has(key)));
  const names: Readonly<Record<ScopeName, Iterable<string>>> = {
    resource: [...sampled.resource, ...unseen],
    span: [...sampled.span, ...unseen.filter((key) => key !== 'service.name')],
    event: sampled.event,
    link: sampled.link,
    instrumentation: sampled.scope,
    intrinsic: INTRINSICS.keys(),
  };
  return wanted
    .map((name) => ({ name, tags: [...new Set(names[name])].sort().slice(0, limit) }))
    .filter(({ tags }) => tags.length > 0);
}

function wantedScopes(parameters: URLSearchParams): readonly ScopeName[] {
  const text = parameters.get('scope') ?? '';
  if (text === '' || text === 'all' || text === 'none') return SCOPE_NAMES;
  const wanted = SCOPE_NAMES.filter((name) => name === text);
  if (wanted.length > 0) return wanted;
  throw new ApiError(
    400,
    `invalid scope: ${JSON.stringify(text)} is not one of ${SCOPE_NAMES.join(', ')}`,
  );
}
