import type { ApiError, ErrorFamily } from './api-error.ts';
import type { JaegerEnvelope } from './jaeger-json.ts';
import type { V3ErrorJson } from './v3-json.ts';

const UNSAFE = /[<>&\u2028\u2029]/g;

/** JSON with what HTML or JavaScript would read as markup escaped, as Go's encoder writes it. */
export function jsonText(value: unknown, indent = 0): string {
  return JSON.stringify(value, undefined, indent).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Jaeger's envelope around an answer. */
export function envelopeText(
  data: unknown,
  parameters: URLSearchParams,
  more: Partial<Pick<JaegerEnvelope<unknown>, 'total' | 'errors'>> = {},
): string {
  const envelope: JaegerEnvelope<unknown> = {
    data,
    total: more.total ?? 0,
    limit: 0,
    offset: 0,
    errors: more.errors ?? null,
  };
  return jsonText(envelope, isPretty(parameters) ? PRETTY_INDENT : 0);
}

export const PRETTY_INDENT = 4;

export function isPretty(parameters: URLSearchParams): boolean {
  return isAsked(parameters, 'prettyPrint');
}

/** Any text but `false` asks for it, as Jaeger reads it. */
export function isAsked(parameters: URLSearchParams, name: string): boolean {
  const text = parameters.get(name) ?? '';
  return text !== '' && text !== 'false';
}

/** The body of an error in any family, with the line end that Go's http.Error adds. */
export function errorText(family: ErrorFamily, error: ApiError): string {
  const { status, message } = error;
  if (family === 'tempo') return `${message}\n`;
  if (family === 'v3') {
    const body: V3ErrorJson = { error: { httpCode: status, message } };
    return `${jsonText(body)}\n`;
  }
  const errors = [{ code: status, msg: message }];
  return `${jsonText({ data: null, total: 0, limit: 0, offset: 0, errors })}\n`;
}
