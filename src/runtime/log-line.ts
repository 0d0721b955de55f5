/** C1 controls, line separators, and what turns the direction of text or is not seen at all. */
const UNSEEN = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
/** An escaped backslash, or the escape of a control character other than tab and line end. */
const ESCAPES = /\\\\|\\u00[01][0-9a-f]/g;

/** A line of JSON with every character that could deceive a reader of it as an escape. */
export function escapeUnseen(line: string): string {
  return line.replace(UNSEEN, asEscape);
}

/** The same for a line whose texts are printed as they are: escapes are texts themselves. */
export function escapeForTerminal(line: string): string {
  return line
    .replace(ESCAPES, (escape) => (escape === '\\\\' ? escape : `\\${escape}`))
    .replace(UNSEEN, (character) => `\\${asEscape(character)}`);
}

function asEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
