import { isJsonObject, jsonFields, jsonObjects } from '../../../src/runtime/json-object.ts';
import type { JsonObject } from '../../../src/runtime/json-object.ts';

/** An answer over HTTP. */
export interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly body: string;
}

/**
 * What of an answer says the same whoever gives it. Jaeger answers from hash maps, in another order each
 * time; the release that is built for tests says the status of a failed span twice, once as the tag
 * `otel.status_code` (later ones do not), sorts tags that it makes among those of the sender (later
 * ones append them), and calls the JSON of api_v3 text. Pages are ours alone.
 */
export function comparable({ body, status, type }: Answer): unknown {
  const isPage = /^<!doctype html>/i.test(body);
  return {
    status,
    type: status === OK && type === TEXT && body.startsWith('{') ? JSON_TYPE : type,
    body: isPage ? 'a page' : comparableBody(body),
  };
}

const OK = 200;
const TEXT = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json';

function comparableBody(text: string): unknown {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return text;
  }
  if (!isJsonObject(body)) return body;
  const parts = Object.entries(body).map(([name, value]) => [name, partOf(name, value)] as const);
  return Object.fromEntries(parts);
}

/** Without what is not compared, which is undefined. */
function partOf(name: string, value: unknown): unknown {
  switch (name) {
    case 'data':
      return sorted(listOf(value).map(withProcesses));
    case 'operations':
    case 'services':
      return sorted(listOf(value));
    case 'result':
      return sorted(spansOfOtlp(value));
    case 'nextCursor':
      return undefined;
    default:
      return value;
  }
}

/** A trace as its spans, each with its process. */
function withProcesses(item: unknown): unknown {
  const { processes, spans, ...trace } = jsonFields(item);
  if (spans === undefined) return item;
  const whole = jsonObjects(spans).map(({ processID, tags, ...span }) => ({
    ...span,
    tags: sorted(jsonObjects(tags).filter((tag) => !isStatusSaidAgain(tag))),
    process: jsonFields(processes)[String(processID)],
  }));
  return { ...trace, spans: sorted(whole) };
}

function isStatusSaidAgain({ key, value }: JsonObject): boolean {
  return key === 'otel.status_code' && value === 'ERROR';
}

/** Each with its resource and scope. */
function spansOfOtlp(traces: unknown): readonly unknown[] {
  return jsonObjects(jsonFields(traces)['resourceSpans']).flatMap(({ resource, scopeSpans }) =>
    jsonObjects(scopeSpans).flatMap(({ scope, spans }) =>
      jsonObjects(spans).map((span) => ({ ...span, resource, scope })),
    ),
  );
}

/** null stays apart from []: Jaeger has both. */
function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function sorted(items: readonly unknown[]): readonly unknown[] {
  return items
    .map((item) => ({ item, text: JSON.stringify(item) }))
    .sort((a, b) => (a.text < b.text ? -1 : 1))
    .map(({ item }) => item);
}
