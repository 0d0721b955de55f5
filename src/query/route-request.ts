import { validateHeaderName, validateHeaderValue } from 'node:http';
import { UsageError } from '../runtime/errors.ts';
import type { Endpoint } from './api/endpoint.ts';
import type { OtlpSignal } from './otlp-proxy.ts';
import { INDEX } from './ui-files.ts';
import { CONFIG_SCRIPT } from './ui-index.ts';
import type { UiFile, UiFiles } from './ui-files.ts';

export type Route =
  | {
      readonly kind: 'api';
      readonly endpoint: Endpoint;
      readonly name: string;
      readonly parameters: URLSearchParams;
    }
  | { readonly kind: 'otlp'; readonly signal: OtlpSignal }
  | { readonly kind: 'file'; readonly path: string; readonly file: UiFile }
  | { readonly kind: 'index' }
  | { readonly kind: 'config-script' }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'not-found' };

interface Site {
  /** '' or a path without a slash at its end. */
  readonly basePath: string;
  readonly ui: UiFiles;
  readonly endpoints: readonly Endpoint[];
  /** Whether what is posted to `/api/otlp/v1/…` is handed on. */
  readonly hasOtlpProxy: boolean;
}

const OTLP_SIGNALS: Readonly<Partial<Record<string, OtlpSignal>>> = {
  '/api/otlp/v1/traces': 'traces',
  '/api/otlp/v1/metrics': 'metrics',
  '/api/otlp/v1/logs': 'logs',
};

const NOT_FOUND: Route = { kind: 'not-found' };

/** What a request line asks for. Only names that are known before can be answered. */
export function routeRequest(method: string, target: string, site: Site): Route {
  const mark = target.indexOf('?');
  const sent = mark < 0 ? target : target.slice(0, mark);
  const parameters = new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1));
  const path = decodePath(sent);
  if (path === undefined) return NOT_FOUND;
  if (site.basePath !== '' && path === site.basePath) {
    return { kind: 'redirect', location: `${site.basePath}/` };
  }
  if (!path.startsWith(`${site.basePath}/`)) return NOT_FOUND;
  const own = path.slice(site.basePath.length);
  const verb = method === 'HEAD' ? 'GET' : method;
  // A base path has no characters that need escaping.
  const api = apiRoute(verb, sent.slice(site.basePath.length), site.endpoints);
  if (api !== undefined) return { ...api, parameters };
  const signal = site.hasOtlpProxy && verb === 'POST' ? OTLP_SIGNALS[own] : undefined;
  if (signal !== undefined) return { kind: 'otlp', signal };
  if (verb !== 'GET' || own === '/api' || own.startsWith('/api/')) return NOT_FOUND;
  return fileRoute(own.slice(1), site.ui);
}

function apiRoute(
  verb: string,
  sent: string,
  endpoints: readonly Endpoint[],
): { kind: 'api'; endpoint: Endpoint; name: string } | undefined {
  for (const endpoint of endpoints) {
    const match = endpoint.method === verb ? endpoint.path.exec(sent) : null;
    if (match !== null) return { kind: 'api', endpoint, name: decodePath(match[1] ?? '') ?? '' };
  }
  return undefined;
}

/** Paths that are no file belong to the browser app, but a missing asset is an error. */
function fileRoute(name: string, ui: UiFiles): Route {
  if (name === CONFIG_SCRIPT) return { kind: 'config-script' };
  const file = ui.get(name);
  if (file !== undefined && name !== INDEX) return { kind: 'file', path: name, file };
  return ui.has(INDEX) && !name.startsWith('static/') ? { kind: 'index' } : NOT_FOUND;
}

function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** '' for the root, else the path without a slash at its end. @throws UsageError */
export function parseBasePath(text: string): string {
  if (text === '' || text === '/') return '';
  if (/^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$/.test(text)) return text;
  throw new UsageError(
    `query.base-path: ${JSON.stringify(text)} is not allowed; want a path such as /jaeger, without a slash at its end`,
  );
}

/** @throws UsageError */
export function parseHeaders(lines: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(':');
      const name = line.slice(0, Math.max(at, 0)).trim().toLowerCase();
      const value = line.slice(at + 1).trim();
      try {
        validateHeaderName(name);
        validateHeaderValue(name, value);
      } catch (error) {
        throw new UsageError(
          `query.additional-headers: ${JSON.stringify(line)} is not Name: value`,
          { cause: error },
        );
      }
      return [name, value];
    }),
  );
}
