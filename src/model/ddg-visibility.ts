import type { DdgHop, DdgModel } from './ddg-model.ts';

/** Indices of the hops that are shown. */
export type Visible = ReadonlySet<number>;

export type Direction = 'upstream' | 'downstream';

/** How much of the hops at one distance is shown. */
export interface HopLevel {
  /** From 1. */
  readonly distance: number;
  readonly shown: number;
  readonly count: number;
}

/** Jaeger's: as many bits as a number of JavaScript's bit operators has, without its sign. */
const BITS = 31;
const ENCODED_PART = /^[0-9a-z]{1,7}$/;
/** Larger than any model: what a broken address could ask for. */
const INDEX_MAX = 1_000_000;

/** Jaeger's form in addresses: 31 bits a part, in base 36, with commas. */
export function encodeVisible(visible: Visible): string {
  const parts: number[] = [];
  for (const index of visible) {
    const part = Math.floor(index / BITS);
    while (parts.length <= part) parts.push(0);
    parts[part] = (parts[part] ?? 0) | (1 << (index % BITS));
  }
  return parts.map((part) => part.toString(36)).join(',');
}

/** Undefined for what nobody can have encoded. */
export function decodeVisible(encoded: string): Visible | undefined {
  const visible = new Set<number>();
  for (const [part, text] of encoded.split(',').entries()) {
    const bits = ENCODED_PART.test(text) ? Number.parseInt(text, 36) : NaN;
    if (!(bits < 2 ** BITS) || part * BITS > INDEX_MAX) return undefined;
    for (let bit = 0; bit < BITS; bit++)
      if ((bits & (1 << bit)) !== 0) visible.add(part * BITS + bit);
  }
  return visible;
}

/** Whether it can be a choice among these hops: the focus is always one of them. */
export function isOfModel({ hops }: DdgModel, visible: Visible): boolean {
  const known = hops.filter(({ index }) => visible.has(index));
  return known.length === visible.size && known.some(({ distance }) => distance === 0);
}

/** Everything up to some calls away in both directions. */
export function visibleWithin(model: DdgModel, distance: number): Visible {
  return indices(model.hops.filter((hop) => Math.abs(hop.distance) <= distance));
}

/** How much is shown at each distance of one direction, nearest first. */
export function hopLevels(
  { hops }: DdgModel,
  visible: Visible,
  direction: Direction,
): readonly HopLevel[] {
  const levels: { distance: number; shown: number; count: number }[] = [];
  for (const hop of hops) {
    const distance = distanceTo(hop, direction);
    if (distance <= 0) continue;
    const level = (levels[distance - 1] ??= { distance, shown: 0, count: 0 });
    level.count += 1;
    if (visible.has(hop.index)) level.shown += 1;
  }
  return levels;
}

/** All of one direction up to a distance and nothing beyond it; the other direction stays. */
export function withDistance(
  { hops }: DdgModel,
  visible: Visible,
  direction: Direction,
  distance: number,
): Visible {
  return indices(
    hops.filter((hop) => {
      const away = distanceTo(hop, direction);
      return away > 0 ? away <= distance : hop.distance === 0 || visible.has(hop.index);
    }),
  );
}

/** Without these hops and what lies beyond them, seen from the focus. The focus itself stays. */
export function without(model: DdgModel, visible: Visible, hidden: readonly DdgHop[]): Visible {
  const gone = new Set(hidden.flatMap((hop) => beyond(model, hop)).map(({ index }) => index));
  return new Set([...visible].filter((index) => !gone.has(index)));
}

/** Of what is shown, only the paths that pass one of these hops. */
export function onlyPathsOf(
  { hops }: DdgModel,
  visible: Visible,
  kept: readonly DdgHop[],
): Visible {
  const paths = new Set(kept.map(({ path }) => path));
  return indices(hops.filter(({ index, path }) => visible.has(index) && paths.has(path)));
}

/** These hops and the way from each to the focus as well. */
export function withHops(model: DdgModel, visible: Visible, added: readonly DdgHop[]): Visible {
  return new Set([
    ...visible,
    ...added.flatMap((hop) => wayToFocus(model, hop)).map(({ index }) => index),
  ]);
}

/** The hops just before (who calls) or just after (who is called) these. */
export function neighbours(
  { paths }: DdgModel,
  hops: readonly DdgHop[],
  direction: Direction,
): readonly DdgHop[] {
  const step = direction === 'upstream' ? -1 : 1;
  return hops.flatMap(({ path, position }) => paths[path]?.hops[position + step] ?? []);
}

function beyond({ paths }: DdgModel, { distance, path, position }: DdgHop): readonly DdgHop[] {
  const hops = paths[path]?.hops ?? [];
  if (distance === 0) return [];
  return distance > 0 ? hops.slice(position) : hops.slice(0, position + 1);
}

function wayToFocus({ paths }: DdgModel, { distance, path, position }: DdgHop): readonly DdgHop[] {
  const focal = position - distance;
  return paths[path]?.hops.slice(Math.min(position, focal), Math.max(position, focal) + 1) ?? [];
}

function distanceTo({ distance }: DdgHop, direction: Direction): number {
  return direction === 'downstream' ? distance : -distance;
}

function indices(hops: readonly DdgHop[]): Visible {
  return new Set(hops.map(({ index }) => index));
}
