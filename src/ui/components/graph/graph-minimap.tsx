import { memo, type PointerEvent, type ReactElement } from 'react';
import type { GraphLayout, Point } from './graph-layout.ts';
import type { GraphNode } from './graph-types.ts';
import type { Size, Viewport } from './viewport.ts';

const MAX: Size = { width: 168, height: 112 };

interface GraphMinimapProps {
  readonly layout: GraphLayout;
  readonly nodes: readonly GraphNode[];
  readonly view: Viewport;
  readonly screen: Size;
  readonly onCentre: (at: Point) => void;
}

/** The whole graph small, and what of it is seen; drag in it to look elsewhere. The keys pan as well. */
export function GraphMinimap(props: GraphMinimapProps): ReactElement {
  const { layout, nodes, view, screen, onCentre } = props;
  const scale = Math.min(MAX.width / layout.width, MAX.height / layout.height);
  const look = (event: PointerEvent<SVGSVGElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    onCentre({ x: (event.clientX - box.left) / scale, y: (event.clientY - box.top) / scale });
  };
  return (
    <svg
      className="graph-minimap"
      width={layout.width * scale}
      height={layout.height * scale}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      aria-hidden
      onPointerDown={(event) => {
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        look(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) look(event);
      }}
    >
      <Boxes layout={layout} nodes={nodes} />
      <rect
        className="graph-minimap-view"
        x={-view.x / view.scale}
        y={-view.y / view.scale}
        width={screen.width / view.scale}
        height={screen.height / view.scale}
      />
    </svg>
  );
}

/** One path for all: a thousand elements would cost more than they show. */
const Boxes = memo(function Boxes({
  layout,
  nodes,
}: {
  readonly layout: GraphLayout;
  readonly nodes: readonly GraphNode[];
}) {
  const path = nodes.map(({ id, width, height }) => {
    const at = layout.nodes.get(id);
    if (at === undefined) return '';
    const [left, top] = [Math.round(at.x - width / 2), Math.round(at.y - height / 2)];
    return `M${left} ${top}h${width}v${height}h${-width}z`;
  });
  return <path className="graph-minimap-boxes" d={path.join('')} />;
});
