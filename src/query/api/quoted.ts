import { jsonText } from './json-text.ts';

/** What JSON, HTML or JavaScript would not read as itself; also any half of a surrogate pair. */
// eslint-disable-next-line no-control-regex -- control characters are what JSON escapes
const ESCAPED = /["\\<>&\u0000-\u001f\u2028\u2029\ud800-\udfff]/;

/** A text as `jsonText` writes it. Looks before it escapes: nearly no text needs it. */
export function quoted(text: string): string {
  return ESCAPED.test(text) ? jsonText(text) : `"${text}"`;
}
