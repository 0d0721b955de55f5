import { Buffer } from 'node:buffer';
import { WARNINGS_ATTRIBUTE } from '../wire/otlp/warnings-attribute.ts';
import { compilePattern } from './byte-pattern.ts';
import type { BytePattern } from './byte-pattern.ts';
import type { AttributeAction, AttributePlace, AttributeRule } from './rules.ts';

/** A key as a range of bytes. */
export interface KeyRange {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** The keys from an attribute down to a key in its value. */
export interface KeyPath {
  /** A path of one key is an attribute. */
  readonly depth: number;
  /** The keys with a dot between them. */
  readonly bytes: Buffer;
  readonly length: number;
}

/** Attribute rules, compiled to be asked about bytes. */
export interface AttributeRules {
  /** How many there are. */
  readonly all: number;
  /** False when no rule that changes anything can apply to anything in the bytes. */
  mayApply(bytes: Buffer): boolean;
  /**
   * The index of the first of the rules before `before` that matches a key or its path; `before`
   * itself when none does, and NO_RULE for what no rule applies to.
   */
  find(key: KeyRange, path: KeyPath, place: AttributePlace, before: number): number;
  /** `keep` for an index that is no rule's. */
  actionOf(rule: number): AttributeAction;
}

/** The index that stands for no rule, also for what is in a value. */
export const NO_RULE = -1;

/** Attributes of these names say what the storage needs, so no rule applies to them. */
const PROTECTED = [compilePattern('service.name'), compilePattern(WARNINGS_ATTRIBUTE)];

export function compileAttributeRules(rules: readonly AttributeRule[]): AttributeRules {
  const compiled = rules.map(({ action, keys, places }) => ({
    action,
    patterns: keys.map(compilePattern),
    places: new Set(places),
  }));
  const changing = compiled
    .filter(({ action }) => action !== 'keep')
    .flatMap(({ patterns }) => patterns);
  return {
    all: rules.length,
    mayApply: (bytes) =>
      changing.some(({ fragments }) => fragments.every((fragment) => bytes.includes(fragment))),
    find: ({ bytes, start, end }, path, place, before) => {
      const matchesKey = (pattern: BytePattern): boolean => pattern.matches(bytes, start, end);
      const isAttribute = path.depth === 1;
      if (isAttribute && PROTECTED.some(matchesKey)) return NO_RULE;
      const matches = (pattern: BytePattern): boolean =>
        matchesKey(pattern) || (!isAttribute && pattern.matches(path.bytes, 0, path.length));
      for (let index = 0; index < before; index += 1) {
        const rule = compiled[index];
        if (rule?.places.has(place) === true && rule.patterns.some(matches)) return index;
      }
      return before;
    },
    actionOf: (rule) => compiled[rule]?.action ?? 'keep',
  };
}

const DOT = 0x2e;
const FIRST_CAPACITY = 256;

/** A path that grows and shrinks while a value is walked. */
export class GrowingPath implements KeyPath {
  bytes = Buffer.alloc(FIRST_CAPACITY);
  length = 0;
  depth = 0;

  clear(): void {
    this.length = this.depth = 0;
  }

  /** Returns the length to `leave` with. */
  enter({ bytes, start, end }: KeyRange): number {
    const before = this.length;
    const size = before + 1 + end - start;
    if (size > this.bytes.length) {
      const larger = Buffer.alloc(2 * size);
      this.bytes.copy(larger, 0, 0, before);
      this.bytes = larger;
    }
    if (this.depth > 0) this.bytes[this.length++] = DOT;
    this.length += bytes.copy(this.bytes, this.length, start, end);
    this.depth += 1;
    return before;
  }

  leave(before: number): void {
    this.length = before;
    this.depth -= 1;
  }
}
