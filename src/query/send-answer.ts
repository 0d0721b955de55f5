import { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';

export const TEXT = 'text/plain; charset=utf-8';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | readonly Uint8Array[];
}

/** Sends a whole answer; only its head when that was asked for. */
export function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  { body, status, type }: Answer,
): void {
  const pieces = typeof body === 'string' ? [Buffer.from(body)] : body;
  response.statusCode = status;
  response.setHeader('content-type', type);
  response.setHeader(
    'content-length',
    pieces.reduce((size, { length }) => size + length, 0),
  );
  // What is left of a body nobody reads.
  request.resume();
  if (request.method !== 'HEAD') {
    // Written as one: thousands of small pieces would be as many packets.
    response.cork();
    for (const piece of pieces) response.write(piece);
    response.uncork();
  }
  response.end();
}
