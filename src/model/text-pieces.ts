/** What of one text is drawn at once: more of it holds a browser up. */
const PIECE_CHARACTERS = 4_000;
const PIECE_LINES = 60;

/** The text up to where its first piece ends; the whole of it when it is short. */
export function firstPiece(text: string): string {
  return text.slice(0, pieceEnd(text, 0));
}

/** The text in pieces of bounded size, which end at line ends where they can. */
export function textPieces(text: string): readonly string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length;) {
    const end = pieceEnd(text, start);
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
}

function pieceEnd(text: string, start: number): number {
  const limit = start + PIECE_CHARACTERS;
  let end = start;
  for (let line = 0; line < PIECE_LINES; line++) {
    const next = text.indexOf('\n', end) + 1;
    const lineEnd = next === 0 ? text.length : next;
    if (lineEnd > limit) return end > start ? end : beforePairs(text, limit);
    end = lineEnd;
    if (end === text.length) return end;
  }
  return end;
}

/** A character of two code units stays whole. */
function beforePairs(text: string, end: number): number {
  return (text.codePointAt(end - 1) ?? 0) > 0xff_ff ? end - 1 : end;
}
