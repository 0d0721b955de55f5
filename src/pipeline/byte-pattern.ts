import { Buffer } from 'node:buffer';

/** A text in which `*` stands for any text, as a test of bytes. */
export interface BytePattern {
  /**
   * Parts that every match has in it, longest first; none for `*`. None has a dot, so that keys which
   * match when they are put together with dots between them have them too.
   */
  readonly fragments: readonly Buffer[];
  matches(bytes: Buffer, start: number, end: number): boolean;
}

/** The parts between `*` in order, the first at the start and the last at the end of a match. */
export function compilePattern(pattern: string): BytePattern {
  const parts = pattern.split('*').map((part) => Buffer.from(part));
  const fragments = pattern
    .split(/[*.]/)
    .filter((fragment) => fragment !== '')
    .map((fragment) => Buffer.from(fragment))
    .toSorted((a, b) => b.length - a.length);
  const [first = Buffer.alloc(0), ...others] = parts;
  const last = others.pop();
  return {
    fragments,
    matches: (bytes, start, end) => {
      if (last === undefined) return end - start === first.length && isAt(bytes, start, first);
      const lastAt = end - last.length;
      let at = start + first.length;
      if (at > lastAt || !isAt(bytes, start, first) || !isAt(bytes, lastAt, last)) return false;
      for (const part of others) {
        while (at + part.length <= lastAt && !isAt(bytes, at, part)) at += 1;
        at += part.length;
        if (at > lastAt) return false;
      }
      return true;
    },
  };
}

function isAt(bytes: Buffer, start: number, part: Buffer): boolean {
  for (let index = 0; index < part.length; index += 1) {
    if (bytes[start + index] !== part[index]) return false;
  }
  return true;
}
