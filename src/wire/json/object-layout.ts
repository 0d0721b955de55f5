import { NO_KEY } from './key-table.ts';
import type { KeyTable } from './key-table.ts';

/** The object has no further key. */
export const OBJECT_END = -2;

/** Keys of one layout; an object with more of them is not worth foreseeing. */
const KEYS_MAX = 64;

/** A key as it stood in an object read before, from the end of the value before it to its colon. */
export interface KnownKey {
  /** Range of the bytes, which begin with a comma unless the key is the first of its object. */
  readonly start: number;
  readonly size: number;
  readonly isFirst: boolean;
  /** Where the key is, from `start` on. */
  readonly keyOffset: number;
  readonly keySize: number;
  /** In the table; NO_KEY when it is none of it. */
  readonly index: number;
  /** The key that came next. */
  next: KnownKey | undefined;
}

/**
 * Which keys objects of one kind have had so far, in which order. Objects of a list are written by the
 * same code and mostly agree in this byte by byte, so that a key is known by comparing it with the one
 * that came at this place before, without looking for its end or looking it up.
 */
export class ObjectLayout {
  readonly table: KeyTable;
  /** The key read last of the current object. */
  last: KnownKey;
  private readonly head: KnownKey;
  private count = 0;

  constructor(table: KeyTable) {
    this.table = table;
    this.head = createHead();
    this.last = this.head;
  }

  /** Before the first key of the next object. */
  rewind(): void {
    this.last = this.head;
  }

  /** Takes a key in that was not foreseen, between its neighbours. */
  learn(known: Omit<KnownKey, 'next'>): void {
    if (this.count >= KEYS_MAX) {
      this.count = 0;
      this.head.next = undefined;
      this.last = this.head;
    }
    this.count += 1;
    const learnt: KnownKey = { ...known, next: this.last.next };
    this.last.next = learnt;
    this.last = learnt;
  }
}

/** Stands before the first key. */
function createHead(): KnownKey {
  const nowhere = { start: 0, size: 0, isFirst: false, keyOffset: 0, keySize: 0 };
  return { ...nowhere, index: NO_KEY, next: undefined };
}
