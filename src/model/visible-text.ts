/** A run of text, or one character that would be invisible or change the text around it. */
export interface TextPart {
  readonly text: string;
  readonly hidden: boolean;
}

// Control characters except tab and line feed, invisible separators, and the marks that turn the
// reading direction: they can make `exe.gpj` read as `jpg.exe`. Joiners stay, scripts need them.
const HIDDEN = /(?![\t\n])\p{Cc}|[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;

/** Blanks that are shown of a text of nothing else. */
const BLANKS_MAX = 8;

/**
 * Splits text so that each hidden character can be shown as its code point, `U+202E`. Of blanks alone
 * each is hidden: a name of them would be none.
 */
export function visibleText(text: string): readonly TextPart[] {
  if (text !== '' && text.trim() === '') {
    const shown = Array.from(text.slice(0, BLANKS_MAX), codePoint);
    if (text.length > BLANKS_MAX) shown.push('…');
    return shown.map((blank) => ({ text: blank, hidden: true }));
  }
  if (!HIDDEN.test(text)) return [{ text, hidden: false }];
  const parts: TextPart[] = [];
  let plain = '';
  for (const character of text) {
    if (!HIDDEN.test(character)) {
      plain += character;
      continue;
    }
    if (plain !== '') parts.push({ text: plain, hidden: false });
    plain = '';
    parts.push({ text: codePoint(character), hidden: true });
  }
  if (plain !== '') parts.push({ text: plain, hidden: false });
  return parts;
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
