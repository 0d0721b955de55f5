import './graph-view.css';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactElement, useId, useMemo } from 'react';
import { graphText } from '../../text/graph-text.ts';
import { WaitNotice } from '../notice.tsx';
import { useElementSize } from './element-size.ts';
import type { GraphLayout, LayoutRequest } from './graph-layout.ts';
import { GraphStage } from './graph-stage.tsx';
import type { GraphEdge, GraphNode } from './graph-types.ts';
import { layOutAside } from './lay-out-aside.ts';
import type { Size } from './viewport.ts';

export type { GraphEdge, GraphNode } from './graph-types.ts';

/** Going back to a graph that was just seen draws it at once. */
const KEPT_MS = 60_000;
/** Narrower, as on a phone, a graph has more room downwards. */
const NARROW_PX = 600;
/** Of a character on a line, about. */
const LABEL_CHARACTER_PX = 7;

export interface GraphViewProps<Node extends GraphNode> {
  /** What the graph shows, for people who do not see it. */
  readonly label: string;
  /** Ids are unique. A new array is a new graph: keep it while nothing changes. */
  readonly nodes: readonly Node[];
  /** Those that lead nowhere are left out. */
  readonly edges: readonly GraphEdge[];
  readonly layout: 'layered' | 'force';
  /** Of a layered graph; otherwise as the room for it is wide or narrow. */
  readonly direction?: 'right' | 'down';
  /** Fills the box of its node; its text is the node's name. */
  readonly renderNode: (node: Node) => ReactElement;
  /** The whole of what a node is, said on hover and after its name. */
  readonly nodeLabel: (node: Node) => string;
  readonly onNode?: (id: string) => void;
  readonly selected?: string;
  /** The id of the node to begin with where not all can be read; else the chosen or the busiest one. */
  readonly start?: string;
  readonly emphasized?: ReadonlySet<string>;
  readonly faded?: ReadonlySet<string>;
}

/** A graph and what was drawn for it belong together while the next one is laid out. */
interface Drawn<Node extends GraphNode> {
  readonly layout: GraphLayout;
  readonly nodes: readonly Node[];
  readonly edges: readonly GraphEdge[];
}

/** Boxes and the lines between them, to move over by mouse, touch and keys. Fills its parent. */
export function GraphView<Node extends GraphNode>(props: GraphViewProps<Node>): ReactElement {
  const { ref, size } = useElementSize<HTMLDivElement>();
  const { drawn, error } = useDrawn(props, size);
  const helpId = useId();
  return (
    <div className="graph-view" ref={ref}>
      <p id={helpId} className="only-read-aloud">
        {graphText.keys}
      </p>
      {drawn !== undefined && size.width > 0 && (
        <GraphStage
          {...drawn}
          screen={size}
          label={props.label}
          helpId={helpId}
          start={props.start ?? props.selected ?? busiestNode(drawn.edges)}
          renderNode={props.renderNode}
          nodeLabel={props.nodeLabel}
          onNode={props.onNode}
          selected={props.selected}
          emphasized={props.emphasized}
          faded={props.faded}
        />
      )}
      {error !== null && <p role="alert">{graphText.layoutFailed(error.message)}</p>}
      {drawn === undefined && error === null && (
        <WaitNotice>{graphText.layingOut(props.nodes.length)}</WaitNotice>
      )}
    </div>
  );
}

/** The node with the heaviest edges. */
function busiestNode(edges: readonly GraphEdge[]): string | undefined {
  const weights = new Map<string, number>();
  for (const { from, to, weight = 1 } of edges) {
    weights.set(from, (weights.get(from) ?? 0) + weight);
    if (to !== from) weights.set(to, (weights.get(to) ?? 0) + weight);
  }
  let busiest: string | undefined;
  for (const [id, weight] of weights) {
    if (weight > (weights.get(busiest ?? '') ?? 0)) busiest = id;
  }
  return busiest;
}

/** The graph with its layout; while that is made, the one before. */
function useDrawn<Node extends GraphNode>(
  props: GraphViewProps<Node>,
  size: Size,
): { readonly drawn: Drawn<Node> | undefined; readonly error: Error | null } {
  const { nodes, layout, direction = size.width < NARROW_PX ? 'down' : 'right' } = props;
  const edges = useMemo(() => {
    const ids = new Set(nodes.map(({ id }) => id));
    return props.edges.filter(({ from, to }) => ids.has(from) && ids.has(to));
  }, [nodes, props.edges]);
  const key = useMemo(
    () => JSON.stringify(requestOf({ layout, direction, nodes, edges })),
    [layout, direction, nodes, edges],
  );
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: ['graph-layout', key],
    queryFn: async ({ signal }): Promise<Drawn<Node>> => {
      const request = requestOf({ layout, direction, nodes, edges });
      return { layout: await layOutAside(request, signal), nodes, edges };
    },
    // Until there is a size, nobody knows the direction.
    enabled: size.width > 0,
    staleTime: Infinity,
    gcTime: KEPT_MS,
    retry: false,
    networkMode: 'always',
    structuralSharing: false,
    placeholderData: keepPreviousData,
  });
  const drawn = useMemo(
    () => (data === undefined || isPlaceholderData ? data : { layout: data.layout, nodes, edges }),
    [data, isPlaceholderData, nodes, edges],
  );
  return { drawn, error };
}

/** Only what a layout depends on, so that other changes keep it. */
function requestOf({
  layout,
  direction,
  nodes,
  edges,
}: Pick<LayoutRequest, 'layout' | 'direction'> & {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}): LayoutRequest {
  return {
    ...{ layout, direction },
    nodes: nodes.map(({ id, width, height }) => ({ id, width, height })),
    edges: edges.map(({ from, to, label = '' }) => ({
      ...{ from, to },
      labelWidth: label.length * LABEL_CHARACTER_PX,
    })),
  };
}
