import { type CSSProperties, type ReactElement, useMemo, useRef, useState } from 'react';
import { GraphConnections } from './graph-connections.tsx';
import { GraphEdges } from './graph-edges.tsx';
import { GraphMinimap } from './graph-minimap.tsx';
import { GraphNodes, type GraphNodesProps } from './graph-nodes.tsx';
import { GraphTools } from './graph-tools.tsx';
import type { GraphEdge, GraphNode } from './graph-types.ts';
import { usePanAndZoom } from './pan-and-zoom.ts';
import { useViewport } from './use-viewport.ts';
import { isWhole, type Size } from './viewport.ts';

/** Below this, labels of edges are too small to be read. */
const LABELS_FROM_SCALE = 0.5;
/** Fewer are seen at a glance. */
const MINIMAP_FROM_NODES = 8;

type DrawingProps<Node extends GraphNode> = Omit<GraphNodesProps<Node>, 'onNear'> & {
  readonly edges: readonly GraphEdge[];
};

type GraphStageProps<Node extends GraphNode> = Omit<DrawingProps<Node>, 'onReveal'> & {
  readonly screen: Size;
  readonly label: string;
  readonly helpId: string;
  readonly start: string | undefined;
};

/** A laid out graph behind the window through which it is seen. */
export function GraphStage<Node extends GraphNode>(props: GraphStageProps<Node>): ReactElement {
  const { layout, nodes, edges, screen, renderNode, nodeLabel, onNode } = props;
  const { selected, emphasized, faded } = props;
  const ref = useRef<HTMLDivElement>(null);
  const { view, moves } = useViewport(layout, screen, props.start);
  const handlers = usePanAndZoom(ref, moves);
  const onReveal = moves.reveal;
  // The same elements while the window moves: React does not look into them then.
  const drawing = useMemo(
    () => (
      <Drawing
        {...{ layout, nodes, edges, renderNode, nodeLabel, onNode }}
        {...{ selected, emphasized, faded, onReveal }}
      />
    ),
    [layout, nodes, edges, renderNode, nodeLabel, onNode, selected, emphasized, faded, onReveal],
  );
  const connections = useMemo(
    () => <GraphConnections {...{ nodes, edges, nodeLabel }} />,
    [nodes, edges, nodeLabel],
  );
  const style: CSSProperties = {
    transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})`,
    width: layout.width,
    height: layout.height,
  };
  return (
    <>
      <div
        ref={ref}
        className="graph-window"
        role="group"
        aria-label={props.label}
        aria-describedby={props.helpId}
        tabIndex={0}
        {...handlers}
      >
        <div className="graph-surface" style={style} data-labels={view.scale >= LABELS_FROM_SCALE}>
          {drawing}
        </div>
      </div>
      {nodes.length >= MINIMAP_FROM_NODES && !isWhole(view, layout, screen) && (
        <GraphMinimap {...{ layout, nodes, view, screen }} onCentre={moves.centre} />
      )}
      <GraphTools moves={moves} />
      {connections}
    </>
  );
}

function Drawing<Node extends GraphNode>({ edges, ...nodes }: DrawingProps<Node>): ReactElement {
  const [near, setNear] = useState<string>();
  const { layout, faded } = nodes;
  return (
    <>
      <GraphEdges {...{ layout, edges, near, faded }} />
      <GraphNodes {...nodes} onNear={setNear} />
    </>
  );
}
