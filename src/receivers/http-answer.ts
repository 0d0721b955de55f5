import { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Answers with one line of text. What is left of the request is read away. */
export function sendText(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
): void {
  const body = Buffer.from(`${text}\n`);
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'content-length': body.length,
  });
  response.end(body);
  // A client that is still sending would not see the answer; the request timeout ends it.
  if (!request.complete) request.resume();
}

/** 405, with the one method that is taken. */
export function refuseMethod(
  request: IncomingMessage,
  response: ServerResponse,
  allow: string,
): void {
  response.setHeader('allow', allow);
  sendText(request, response, 405, `use ${allow}`);
}
