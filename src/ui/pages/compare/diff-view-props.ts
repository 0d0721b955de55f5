import type { DiffPath } from '../../../model/trace-diff.ts';

/** What a view of the paths gets. */
export interface DiffViewProps {
  readonly paths: readonly DiffPath[];
  /** Positions of the paths that are looked for; undefined when none is. */
  readonly found: ReadonlySet<number> | undefined;
  readonly selected: number | undefined;
  readonly onSelect: (index: number) => void;
}
