import type { IncomingHttpHeaders } from 'node:http';

/** The client's token, from where Jaeger looks for it; '' without one. */
export function bearerToken(headers: IncomingHttpHeaders): string {
  const { authorization = '' } = headers;
  const [scheme = '', token = ''] = authorization.split(' ');
  if (scheme.toLowerCase() === 'bearer' && token !== '') return token;
  const forwarded = headers['x-forwarded-access-token'];
  return typeof forwarded === 'string' ? forwarded : '';
}
