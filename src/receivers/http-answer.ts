import { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendAnswer } from './early-answer.ts';

/** Answers with one line of text. What is left of the request is read away, within bounds. */
export function sendText(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
): void {
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.setHeader('x-content-type-options', 'nosniff');
  sendAnswer(request, response, status, Buffer.from(`${text}\n`));
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
