import type { TextAttribute } from './timeline-span.ts';

/** Text after a key that has no `=`: the attribute is true, as logfmt has it. */
const BARE_VALUE = 'true';

/**
 * Reads `error=true http.route="/a b"`. The result is undefined when a quote stays open or a value
 * has no key, because guessing would search for something else than was meant.
 */
export function parseLogfmt(text: string): readonly TextAttribute[] | undefined {
  const attributes: TextAttribute[] = [];
  const pair = /\s*([^\s="]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*)))?(?=\s|$)/y;
  let position = 0;
  while (text.slice(position).trim() !== '') {
    pair.lastIndex = position;
    const match = pair.exec(text);
    if (match?.[1] === undefined) return undefined;
    const [, key, quoted, plain] = match;
    attributes.push({ key, value: quoted?.replace(/\\(.)/g, '$1') ?? plain ?? BARE_VALUE });
    position = pair.lastIndex;
  }
  return attributes;
}

export function formatLogfmt(attributes: readonly TextAttribute[]): string {
  return attributes.map(({ key, value }) => `${key}=${formatValue(value)}`).join(' ');
}

function formatValue(value: string): string {
  return /^[^\s"\\]*$/.test(value) ? value : `"${value.replace(/(["\\])/g, '\\$1')}"`;
}
