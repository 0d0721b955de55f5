import type { PathStop } from './trace-paths.ts';

/** A way of requests, as the query service answers it. */
export interface DdgSource {
  readonly stops: readonly PathStop[];
  /** Of a trace that took it; '' when it is not known. */
  readonly traceId: string;
}

/** What all paths pass. */
export interface DdgFocus {
  readonly service: string;
  /** '' for any. */
  readonly operation: string;
}

/** One stop of one path. */
export interface DdgHop extends PathStop {
  /**
   * Counts all hops of a model outwards from the focus: which hops are shown can be written as bits,
   * and the first bits are those near the focus.
   */
  readonly index: number;
  /** Index of its path. */
  readonly path: number;
  /** In its path. */
  readonly position: number;
  /** Calls away from the focus; negative for who leads to it. */
  readonly distance: number;
}

export interface DdgPath {
  readonly hops: readonly DdgHop[];
  readonly traceId: string;
}

/** Deep dependency graph before it is a graph: the paths through a focus. */
export interface DdgModel {
  readonly focus: DdgFocus;
  readonly paths: readonly DdgPath[];
  /** By their index. */
  readonly hops: readonly DdgHop[];
}

/** Paths that do not pass the focus are left out, as are repetitions. The same paths make the same model, in any order. */
export function ddgModel(sources: readonly DdgSource[], focus: DdgFocus): DdgModel {
  const distinct = new Map<string, DdgSource & { readonly focalPosition: number }>();
  for (const source of sources) {
    const focalPosition = source.stops.findIndex((stop) => isFocus(stop, focus));
    const key = JSON.stringify(source.stops.map(({ operation, service }) => [service, operation]));
    if (focalPosition >= 0 && !distinct.has(key)) distinct.set(key, { ...source, focalPosition });
  }
  const sorted = [...distinct].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, source]) => source);
  const unnumbered = sorted.flatMap(({ focalPosition, stops }, path) =>
    stops.map(({ operation, service }, position) => ({
      ...{ service, operation, path, position },
      distance: position - focalPosition,
    })),
  );
  const hops = unnumbered.sort(outwards).map((hop, index): DdgHop => ({ ...hop, index }));
  const byPath = sorted.map((): DdgHop[] => []);
  for (const hop of hops) byPath[hop.path]?.push(hop);
  return {
    focus,
    hops,
    paths: byPath.map((ofPath, path) => ({
      hops: ofPath.sort((a, b) => a.position - b.position),
      traceId: sorted[path]?.traceId ?? '',
    })),
  };
}

export function isFocus({ operation, service }: PathStop, focus: DdgFocus): boolean {
  return service === focus.service && (focus.operation === '' || operation === focus.operation);
}

type Unnumbered = Omit<DdgHop, 'index'>;

/** Near ones first, at the same distance those that are called, then by path. */
function outwards(a: Unnumbered, b: Unnumbered): number {
  return Math.abs(a.distance) - Math.abs(b.distance) || b.distance - a.distance || a.path - b.path;
}
