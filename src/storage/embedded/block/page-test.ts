import type { BlockNames } from './block-names.ts';
import type { BlockPages } from './block-pages.ts';
import type { Group } from './group-table.ts';

/** A condition: a 1 for each row of a page that meets it; undefined when none does. */
export type PageTest = (page: number) => Uint8Array | undefined;

/** What a condition looks at. */
export interface SearchedBlock {
  readonly pages: BlockPages;
  readonly names: BlockNames;
  readonly resources: readonly Group[];
  readonly scopes: readonly Group[];
}

/** By one of the core pages that hold a number a row. */
export function numberTest(
  pages: BlockPages,
  kind: number,
  isWanted: (value: number) => boolean,
): PageTest {
  return (page) => {
    const values = pages.numbers(kind, page);
    const mask = new Uint8Array(values.length);
    for (let row = 0; row < mask.length; row++) if (isWanted(values[row] ?? 0)) mask[row] = 1;
    return mask;
  };
}
