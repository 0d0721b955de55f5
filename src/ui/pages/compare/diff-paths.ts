import {
  type Change,
  type ChangeKind,
  type ChangeMetric,
  type DiffPath,
  notableKind,
} from '../../../model/trace-diff.ts';

/** More boxes than this are no picture any more. */
export const DRAWN_MAX = 400;

/** Positions of the paths whose last service and operation have all the words; undefined without a word. */
export function pathsLike(
  paths: readonly DiffPath[],
  find: string,
): ReadonlySet<number> | undefined {
  const words = find
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return undefined;
  const found = new Set<number>();
  for (const [index, { operation, service }] of paths.entries()) {
    const text = `${service} ${operation}`.toLowerCase();
    if (words.every((word) => text.includes(word))) found.add(index);
  }
  return found;
}

/** How many paths are of each kind. */
export function countKinds(
  paths: readonly DiffPath[],
  metric: ChangeMetric,
): Readonly<Record<ChangeKind, number>> {
  const counts = { same: 0, more: 0, less: 0, added: 0, removed: 0 };
  for (const path of paths) counts[notableKind(path[metric], metric)] += 1;
  return counts;
}

/**
 * Positions of the paths to draw: all, or where there are too many, those that change most with the
 * way to each of them.
 */
export function pathsToDraw(
  paths: readonly DiffPath[],
  metric: ChangeMetric,
  most = DRAWN_MAX,
): readonly number[] {
  if (paths.length <= most) return [...paths.keys()];
  const drawn = new Set<number>();
  const byChange = [...paths.keys()].sort(
    (x, y) => weight(paths[y], metric) - weight(paths[x], metric),
  );
  for (const index of byChange) {
    const way = wayTo(paths, index).filter((step) => !drawn.has(step));
    if (drawn.size + way.length > most) continue;
    for (const step of way) drawn.add(step);
    if (drawn.size === most) break;
  }
  return [...drawn].sort((x, y) => x - y);
}

/** Positions from the root to a path. */
export function wayTo(paths: readonly DiffPath[], index: number): readonly number[] {
  const way: number[] = [];
  for (let at = index; at >= 0; at = paths[at]?.parent ?? -1) way.push(at);
  return way.reverse();
}

/** What changes comes before what does not, and much before little. */
function weight(path: DiffPath | undefined, metric: ChangeMetric): number {
  if (path === undefined) return 0;
  const change = path[metric];
  const size = Math.abs(difference(change));
  const scale = Math.max(change.a ?? 0, change.b ?? 0, Number.MIN_VALUE);
  return notableKind(change, metric) === 'same' ? size / scale / 2 : 1 + size / scale;
}

function difference({ a = 0, b = 0 }: Change): number {
  return b - a;
}
