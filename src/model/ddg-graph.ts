import { type DdgHop, type DdgModel, isFocus } from './ddg-model.ts';
import type { Visible } from './ddg-visibility.ts';

/** Which hops are one node, by Jaeger's names in addresses. */
export const DENSITIES = {
  /** A service once. */
  mc: 'mostConcise',
  /** Once on each side of the focus. */
  uvd: 'upstreamVsDownstream',
  /** Once at each distance. */
  opl: 'onePerLevel',
  /** Once for each way to the focus. */
  ppe: 'preventPathEntanglement',
  /** The same, and ends of paths apart from stops on the way. */
  evi: 'externalVsInternal',
} as const;

export type Density = keyof typeof DENSITIES;

export interface DdgNode {
  readonly id: string;
  readonly service: string;
  /** Sorted, without repetitions. */
  readonly operations: readonly string[];
  readonly isFocal: boolean;
  /** All that it stands for, shown or not. */
  readonly hops: readonly DdgHop[];
}

/** Every node, shown or not; an edge between two ids is a call in at least one path. */
export interface DdgGraph {
  readonly nodes: ReadonlyMap<string, DdgNode>;
  /** Id of the node of each hop, by the hop's index. */
  readonly nodeIds: readonly string[];
}

export interface DdgView {
  readonly nodes: readonly DdgNode[];
  readonly edges: readonly DdgEdge[];
}

export interface DdgEdge {
  readonly from: string;
  readonly to: string;
  /** Paths that take it. */
  readonly pathCount: number;
}

const FOCAL_ID = 'focus';

/** Operations tell nodes apart only where they are shown. */
export function ddgGraph(model: DdgModel, density: Density, showOperations: boolean): DdgGraph {
  const nodeIds = model.hops.map((hop) => nodeId(model, hop, density, showOperations));
  const grouped = new Map<string, DdgHop[]>();
  for (const hop of model.hops) {
    const id = nodeIds[hop.index] ?? '';
    const group = grouped.get(id);
    if (group === undefined) grouped.set(id, [hop]);
    else group.push(hop);
  }
  const nodes = new Map<string, DdgNode>();
  for (const [id, hops] of grouped) {
    nodes.set(id, {
      ...{ id, hops },
      service: hops[0]?.service ?? '',
      operations: [...new Set(hops.map(({ operation }) => operation))].sort(),
      isFocal: id === FOCAL_ID,
    });
  }
  return { nodes, nodeIds };
}

/** What of a graph is shown: nodes with a hop that is, edges between two hops that are. */
export function ddgView(model: DdgModel, { nodeIds, nodes }: DdgGraph, visible: Visible): DdgView {
  const edges = new Map<string, { from: string; to: string; pathCount: number }>();
  const shown = new Set<string>();
  for (const { hops } of model.paths) {
    let before: string | undefined;
    const ofPath = new Set<string>();
    for (const hop of hops) {
      const id = visible.has(hop.index) ? nodeIds[hop.index] : undefined;
      if (id !== undefined) shown.add(id);
      if (id !== undefined && before !== undefined) {
        const key = JSON.stringify([before, id]);
        const edge = edges.get(key) ?? { from: before, to: id, pathCount: 0 };
        if (!ofPath.has(key)) edge.pathCount += 1;
        ofPath.add(key);
        edges.set(key, edge);
      }
      before = id;
    }
  }
  return {
    nodes: [...nodes.values()].filter(({ id }) => shown.has(id)),
    edges: [...edges.values()],
  };
}

/** Ids of nodes whose service, or operation where those are shown, has this in it; none for an empty text. */
export function ddgMatches(
  { nodes }: DdgGraph,
  find: string,
  showOperations: boolean,
): ReadonlySet<string> {
  const wanted = find.trim().toLowerCase();
  const isLike = (text: string): boolean => text.toLowerCase().includes(wanted);
  const found = [...nodes.values()].filter(
    ({ operations, service }) => isLike(service) || (showOperations && operations.some(isLike)),
  );
  return new Set(wanted === '' ? [] : found.map(({ id }) => id));
}

/** Traces that took a path through one of these hops, without repetitions. */
export function tracesThrough({ paths }: DdgModel, hops: readonly DdgHop[]): readonly string[] {
  const ids = hops.map(({ path }) => paths[path]?.traceId ?? '');
  return [...new Set(ids)].filter((id) => id !== '');
}

function nodeId(model: DdgModel, hop: DdgHop, density: Density, showOperations: boolean): string {
  if (hop.distance === 0) return FOCAL_ID;
  const name = ({ operation, service }: DdgHop): readonly string[] =>
    showOperations ? [service, operation] : [service];
  switch (density) {
    case 'mc': {
      const { operation, service } = model.focus;
      const focus = { service, operation: showOperations ? operation : '' };
      return isFocus(hop, focus) ? FOCAL_ID : JSON.stringify(name(hop));
    }
    case 'uvd':
      return JSON.stringify([Math.sign(hop.distance), ...name(hop)]);
    case 'opl':
      return JSON.stringify([hop.distance, ...name(hop)]);
    case 'ppe':
      return JSON.stringify([Math.sign(hop.distance), ...wayFromFocus(model, hop).map(name)]);
    case 'evi': {
      const last = (model.paths[hop.path]?.hops.length ?? 0) - 1;
      const isEnd = hop.position === 0 || hop.position === last;
      const way = wayFromFocus(model, hop).map(name);
      return JSON.stringify([Math.sign(hop.distance), isEnd, ...way]);
    }
  }
}

/** From the hop after the focus to this one, in either direction. */
function wayFromFocus({ paths }: DdgModel, hop: DdgHop): readonly DdgHop[] {
  const { distance, path, position } = hop;
  const focal = position - distance;
  const hops = paths[path]?.hops ?? [];
  return distance > 0 ? hops.slice(focal + 1, position + 1) : hops.slice(position, focal);
}
