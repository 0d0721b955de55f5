import type { InTurns } from '../../../model/in-turns.ts';
import type { BlockNames } from './block-names.ts';
import type { BlockPages } from './block-pages.ts';
import type { Rows } from './rows.ts';
import type { SearchedGroups } from './searched-groups.ts';

/** A condition: which of some rows of a page meet it. @throws BlockError */
export type PageTest = (page: number, rows: Rows) => Rows;

/** A condition that may have to look at much text. @throws BlockError */
export type LongTest = (page: number, rows: Rows) => InTurns<Rows>;

/** Rows that meet all tests are found. */
export interface PageTests {
  /** Cheap ones first. */
  readonly quick: readonly PageTest[];
  /** Of rows that are left. */
  readonly long: readonly LongTest[];
}

/** What a condition looks at. */
export interface SearchedBlock {
  readonly pages: BlockPages;
  readonly names: BlockNames;
  readonly resources: SearchedGroups;
  readonly scopes: SearchedGroups;
}

/** By one of the core pages that hold a number a row. */
export function numberTest(
  pages: BlockPages,
  kind: number,
  isWanted: (value: number) => boolean,
): PageTest {
  return (page, rows) => {
    const values = pages.numbers(kind, page);
    const kept = new Uint32Array(rows.length);
    let count = 0;
    for (const row of rows) {
      if (isWanted(values[row] ?? 0)) kept[count++] = row;
    }
    return kept.subarray(0, count);
  };
}

/** By a verdict on each resource, or scope. */
export function groupTest(pages: BlockPages, kind: number, verdicts: readonly boolean[]): PageTest {
  const wanted = new Uint8Array(verdicts.length);
  for (const [group, verdict] of verdicts.entries()) if (verdict) wanted[group] = 1;
  return (page, rows) => {
    const groups = pages.numbers(kind, page);
    const kept = new Uint32Array(rows.length);
    let count = 0;
    for (const row of rows) {
      kept[count] = row;
      count += wanted[groups[row] ?? 0] ?? 0;
    }
    return kept.subarray(0, count);
  };
}
