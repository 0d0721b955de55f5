import { request } from 'node:http';
import type { Agent } from 'node:http';

/** Posts one body and reads the answer to its end. Resolves to the status. */
export function postBody(
  { url, agent, contentType }: Readonly<{ url: string; agent: Agent; contentType: string }>,
  body: Buffer,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': contentType, 'content-length': body.length };
    const exchange = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', () => {
        resolve(response.statusCode ?? 0);
      });
    });
    exchange.once('error', reject);
    exchange.end(body);
  });
}
