import { Buffer } from 'node:buffer';
import { StringDecoder } from 'node:string_decoder';
import { LimitError } from './limit-error.ts';
import type { AnswerText, QueryLimits } from './endpoint.ts';
import { jsonText, PRETTY_INDENT } from './json-text.ts';

/** Passes text on until it is together more than query.max-response-size. @throws LimitError */
export type SizeLimit = <T extends string | Uint8Array>(text: T) => T;

export function createSizeLimit({
  maxResponseSize,
}: Pick<QueryLimits, 'maxResponseSize'>): SizeLimit {
  let size = 0;
  return (text) => {
    size += typeof text === 'string' ? Buffer.byteLength(text) : text.length;
    if (size > maxResponseSize) throw tooLarge(maxResponseSize);
    return text;
  };
}

/** The answer when it is small enough. @throws LimitError */
export function bounded(text: string, limits: Pick<QueryLimits, 'maxResponseSize'>): string {
  return createSizeLimit(limits)(text);
}

/** The same JSON for people to read; it must be whole for that. @throws LimitError */
export async function* indented(
  text: AnswerText,
  limits: Pick<QueryLimits, 'maxResponseSize'>,
): AsyncGenerator<string> {
  // A character may lie in two pieces.
  const decoder = new StringDecoder('utf8');
  let whole = '';
  for await (const piece of text) {
    whole += typeof piece === 'string' ? piece : decoder.write(Buffer.from(piece));
  }
  const value: unknown = JSON.parse(whole);
  yield bounded(jsonText(value, PRETTY_INDENT), limits);
}

function tooLarge(maxResponseSize: number): LimitError {
  const limit = 'query.max-response-size';
  return new LimitError(
    413,
    limit,
    `the answer would be larger than ${limit} (${maxResponseSize} bytes); narrow the time range or lower the limit`,
  );
}
