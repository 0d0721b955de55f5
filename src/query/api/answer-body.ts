import { Buffer } from 'node:buffer';
import { ApiError } from './endpoint.ts';
import type { AnswerBytes, QueryLimits } from './endpoint.ts';
import { jsonText, PRETTY_INDENT } from './json-text.ts';

/** The body of an answer as it grows, never larger than query.max-response-size. */
export interface AnswerBody {
  /** @throws ApiError */
  add(text: string): void;
  /** What was added, indented on demand. @throws ApiError */
  finish(format: 'compact' | 'pretty'): AnswerBytes;
}

export function createAnswerBody({ maxResponseSize }: QueryLimits): AnswerBody {
  const pieces: Buffer[] = [];
  let size = 0;
  const add = (text: string): void => {
    const piece = Buffer.from(text);
    size += piece.length;
    if (size > maxResponseSize) throw tooLarge(maxResponseSize);
    pieces.push(piece);
  };
  return {
    add,
    finish: (format) => {
      if (format === 'compact') return pieces;
      const whole: unknown = JSON.parse(Buffer.concat(pieces).toString());
      pieces.length = 0;
      size = 0;
      add(jsonText(whole, PRETTY_INDENT));
      return pieces;
    },
  };
}

/** The answer when it is small enough. @throws ApiError */
export function bounded(text: string, { maxResponseSize }: QueryLimits): AnswerBytes {
  const body = Buffer.from(text);
  if (body.length > maxResponseSize) throw tooLarge(maxResponseSize);
  return [body];
}

export function tooLarge(maxResponseSize: number): ApiError {
  return new ApiError(
    413,
    `the answer would be larger than query.max-response-size (${maxResponseSize} bytes); narrow the time range or lower the limit`,
  );
}
