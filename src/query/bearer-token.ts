import type { IncomingHttpHeaders } from 'node:http';
import { TOKEN_HEADER } from '../wire/jaeger-storage/method-paths.ts';

/** The client's token, from where Jaeger looks for it in headers and in metadata; '' without one. */
export function bearerToken(headers: IncomingHttpHeaders): string {
  const { authorization = '' } = headers;
  const [scheme = '', token = ''] = authorization.split(' ');
  if (scheme.toLowerCase() === 'bearer' && token !== '') return token;
  const forwarded = headers['x-forwarded-access-token'] ?? headers[TOKEN_HEADER];
  return typeof forwarded === 'string' ? forwarded : '';
}
