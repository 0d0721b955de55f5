import { grown } from './grown.ts';

/** Numbers of one kind, eight bytes or four each, that become more. */
export interface NumberList<Numbers extends Float64Array | Uint32Array> {
  readonly length: number;
  push(value: number): void;
  /** 0 behind the last one. */
  at(index: number): number;
  append(values: readonly number[]): void;
  /** Those that are there, without a copy: for who adds no more. */
  toArray(): Numbers;
}

const FIRST_LENGTH = 1024;

export function createFloatList(): NumberList<Float64Array> {
  return createList(Float64Array, (numbers, length) => numbers.subarray(0, length));
}

export function createUintList(): NumberList<Uint32Array> {
  return createList(Uint32Array, (numbers, length) => numbers.subarray(0, length));
}

function createList<Numbers extends Float64Array | Uint32Array>(
  make: new (length: number) => Numbers,
  part: (numbers: Numbers, length: number) => Numbers,
): NumberList<Numbers> {
  let numbers = new make(FIRST_LENGTH);
  let length = 0;
  const reserve = (more: number): void => {
    if (length + more <= numbers.length) return;
    numbers = grown(make, numbers, 2 * (length + more));
  };
  return {
    get length() {
      return length;
    },
    push: (value) => {
      reserve(1);
      numbers[length++] = value;
    },
    at: (index) => numbers[index] ?? 0,
    append: (values) => {
      reserve(values.length);
      numbers.set(values, length);
      length += values.length;
    },
    toArray: () => part(numbers, length),
  };
}
