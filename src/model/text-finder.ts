/** What is looked for: any of the terms, in any text that is not under an excluded key. */
export interface FindTerms {
  readonly terms: readonly string[];
  /** Parts of keys. */
  readonly excludedKeys: readonly string[];
}

/** Looks into texts. Each distinct one is looked at once, however many spans have it. */
export interface TextFinder {
  /** Names of services and operations. */
  inText(text: string): boolean;
  /** In the key, the value, or `key=value`, unless the key is excluded. */
  inAttribute(key: string, value: string): boolean;
  isSpanId(spanId: string): boolean;
  isExcluded(key: string): boolean;
}

/** Remembers what it has looked at: make one for each text that is looked for. */
export function createTextFinder({ terms, excludedKeys }: FindTerms): TextFinder {
  const plain = remembering((text) => terms.some((term) => text.includes(term)));
  const excluded = remembering((key) => excludedKeys.some((part) => key.includes(part)));
  const pairs = terms.flatMap(splitsAtEquals);
  // What both parts have been compared with is decided by each of them: look at them once as well.
  const endings = pairs.map(([end]) => remembering((key) => key.endsWith(end)));
  const beginnings = pairs.map(([, start]) => remembering((value) => value.startsWith(start)));
  return {
    inText: plain,
    inAttribute: (key, value) =>
      !excluded(key) &&
      (plain(key) ||
        plain(value) ||
        endings.some((ends, index) => ends(key) && beginnings[index]?.(value) === true)),
    isSpanId: (spanId) => terms.includes(spanId),
    isExcluded: excluded,
  };
}

/** `a=b` is in `key=value` when the key ends with `a` and the value starts with `b`. */
export function splitsAtEquals(term: string): readonly (readonly [string, string])[] {
  return [...term.matchAll(/=/g)].map(({ index }) => [term.slice(0, index), term.slice(index + 1)]);
}

/** `look` gets the text in lower case. */
function remembering(look: (text: string) => boolean): (text: string) => boolean {
  const known = new Map<string, boolean>();
  return (text) => {
    let answer = known.get(text);
    if (answer === undefined) {
      answer = look(text.toLowerCase());
      known.set(text, answer);
    }
    return answer;
  };
}
