import type { IncomingMessage, ServerResponse } from 'node:http';

export interface CorsPolicy {
  /**
   * Origins that may send from a browser, each with one `*` for any text if need be; none to have
   * CORS off.
   */
  readonly allowedOrigins: readonly string[];
  /** Request headers a browser may set beside content-type. */
  readonly allowedHeaders: readonly string[];
}

const PREFLIGHT_SECONDS = 7200;

/**
 * Adds the headers that let a browser's page read the answer. Returns true when the request was a
 * preflight, which is answered then.
 */
export function applyCors(
  policy: CorsPolicy,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const { origin } = request.headers;
  const { allowedOrigins, allowedHeaders } = policy;
  if (origin === undefined || allowedOrigins.length === 0) return false;
  const allowed = allowedOrigins.some((pattern) => isLike(origin, pattern));
  response.setHeader('vary', 'origin');
  if (allowed) {
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-expose-headers', 'retry-after');
  }
  if (request.method !== 'OPTIONS') return false;
  if (allowed) {
    response.setHeader('access-control-allow-methods', 'POST');
    response.setHeader(
      'access-control-allow-headers',
      ['content-type', ...allowedHeaders].join(', '),
    );
    response.setHeader('access-control-max-age', PREFLIGHT_SECONDS);
  }
  response.writeHead(allowed ? 204 : 403).end();
  return true;
}

/** Schemes and hosts are the same in either case. */
function isLike(origin: string, pattern: string): boolean {
  const [start = '', end] = pattern.toLowerCase().split('*', 2);
  const text = origin.toLowerCase();
  if (end === undefined) return text === start;
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}
