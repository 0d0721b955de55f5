import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonScanner } from '../../../src/wire/json/json-scanner.ts';
import { NO_KEY, createKeyTable } from '../../../src/wire/json/key-table.ts';
import { OBJECT_END, ObjectLayout } from '../../../src/wire/json/object-layout.ts';
import { WireError } from '../../../src/wire/wire-error.ts';

const KEYS = ['id', 'name', 'kind', 'a', ''];
const TABLE = createKeyTable(KEYS.slice(0, -1));

type Member = readonly [key: string, index: number, value: number];

/** Reads a list of objects of numbers, all of one layout. */
function membersOf(bytes: Uint8Array): readonly (readonly Member[])[] {
  const scanner = new JsonScanner(bytes);
  const layout = new ObjectLayout(TABLE);
  const objects: Member[][] = [];
  scanner.enterArray();
  while (scanner.nextItem()) {
    const members: Member[] = [];
    scanner.enterObjectOf(layout);
    let index = scanner.nextKeyOf(layout);
    for (; index !== OBJECT_END; index = scanner.nextKeyOf(layout)) {
      const key = scanner.text.toString('utf8', scanner.keyStart, scanner.keyStop);
      members.push([key, index, scanner.number()]);
    }
    objects.push(members);
  }
  scanner.end();
  return objects;
}

function indexOf(key: string): number {
  return key === '' ? NO_KEY : KEYS.indexOf(key);
}

const anyKey = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...KEYS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 5 }) },
);
const anyMembers = fc.array(fc.tuple(anyKey, fc.nat(99)), { maxLength: 8 });
/** Objects that mostly repeat a few kinds of object, as those of one sender do. */
const anyObjects = fc
  .tuple(fc.array(anyMembers, { minLength: 1, maxLength: 3 }), fc.array(fc.nat(2)))
  .map(([kinds, order]) => order.map((kind) => kinds[kind % kinds.length] ?? []));

function jsonOf(
  objects: readonly (readonly (readonly [string, number])[])[],
  [before, after]: readonly [string, string],
): string {
  const texts = objects.map((members) =>
    members.map(([key, value]) => `${before}${JSON.stringify(key)}${after}:${value}`).join(','),
  );
  return `[${texts.map((text) => `{${text}}`).join(',')}]`;
}

const anySpace = fc.tuple(fc.constantFrom('', ' ', '\n\t'), fc.constantFrom('', ' '));

describe('ObjectLayout', () => {
  it('foresees only keys that are there, whatever objects came before', () => {
    fc.assert(
      fc.property(anyObjects, anySpace, (objects, space) => {
        const found = membersOf(Buffer.from(jsonOf(objects, space)));
        const expected = objects.map((members) =>
          members.map(([key, value]) => [key.toWellFormed(), indexOf(key), value]),
        );
        expect(found).toStrictEqual(expected);
      }),
      { numRuns: 3000 },
    );
  });

  it('refuses what JSON.parse refuses in an object like the ones before', () => {
    const pieces = fc.constantFrom('"', '\\', '{', '}', ',', ':', ' ', '1', ',"id":', '"id":', 'é');
    fc.assert(
      fc.property(anyObjects, fc.nat(), fc.nat(3), pieces, (objects, at, cut, piece) => {
        const text = jsonOf(objects, ['', '']);
        const from = at % (text.length + 1);
        const changed = text.slice(0, from) + piece + text.slice(from + cut);
        const isRefused = throws(() => membersOf(Buffer.from(changed)), WireError);
        const isWrong = throws(() => JSON.parse(changed), SyntaxError);
        if (isWrong) expect(isRefused).toBe(true);
      }),
      { numRuns: 20_000 },
    );
  });

  it('reads objects with more keys than it foresees', () => {
    const members = Array.from({ length: 200 }, (_, index) => [`key${index}`, index] as const);
    const text = jsonOf([members, members.toReversed(), members], ['', '']);
    expect(membersOf(Buffer.from(text)).map((object) => object.map(([, , n]) => n))).toStrictEqual(
      [members, members.toReversed(), members].map((object) => object.map(([, n]) => n)),
    );
  });
});

function throws(run: () => unknown, expected: typeof WireError | typeof SyntaxError): boolean {
  try {
    run();
    return false;
  } catch (error) {
    if (error instanceof expected) return true;
    throw error;
  }
}
