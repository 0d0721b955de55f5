import { memo, type ReactElement } from 'react';
import { edgeShape } from './edge-path.ts';
import type { EdgeLayout, GraphLayout } from './graph-layout.ts';
import type { GraphEdge } from './graph-types.ts';

const ARROW_PX = 8;
const THIN_PX = 1.3;
/** Added to the thin line for the heaviest edge. */
const THICK_PX = 2.7;

interface GraphEdgesProps {
  readonly layout: GraphLayout;
  readonly edges: readonly GraphEdge[];
  /** The node whose edges stand out. */
  readonly near: string | undefined;
  readonly faded: ReadonlySet<string> | undefined;
}

/** The lines. People who do not see them have the list of connections. */
export function GraphEdges({ layout, edges, near, faded }: GraphEdgesProps): ReactElement {
  const heaviest = edges.reduce((most, { weight = 0 }) => Math.max(most, weight), 0);
  return (
    <svg className="graph-edges" width={layout.width} height={layout.height} aria-hidden>
      {edges.map((edge, index) => {
        const way = layout.edges[index];
        return way === undefined ? null : (
          <EdgeLine
            key={`${edge.from}\n${edge.to}\n${index}`}
            edge={edge}
            way={way}
            width={lineWidth(edge.weight ?? 0, heaviest)}
            near={edge.from === near || edge.to === near}
            faded={(faded?.has(edge.from) ?? false) || (faded?.has(edge.to) ?? false)}
          />
        );
      })}
    </svg>
  );
}

interface EdgeLineProps {
  readonly edge: GraphEdge;
  readonly way: EdgeLayout;
  readonly width: number;
  readonly near: boolean;
  readonly faded: boolean;
}

const EdgeLine = memo(function EdgeLine({ edge, way, width, near, faded }: EdgeLineProps) {
  const { line, head } = edgeShape(way, ARROW_PX + width);
  const { label = '', title = '', tone = 'normal' } = edge;
  return (
    <g
      className="graph-edge"
      data-tone={tone}
      data-near={near}
      data-faded={faded}
      data-crowded={way.isCrowded}
    >
      {title !== '' && <title>{title}</title>}
      <path className="graph-edge-line" d={line} strokeWidth={width} data-dashed={edge.dashed} />
      <path className="graph-edge-head" d={head} />
      {/* Lines are too thin to be hit. */}
      <path className="graph-edge-hit" d={line} />
      {label !== '' && (
        <text className="graph-edge-label" x={way.label.x} y={way.label.y}>
          {label}
        </text>
      )}
    </g>
  );
});

/** By the root: calls of two services differ by orders of magnitude, and few must still be seen. */
function lineWidth(weight: number, heaviest: number): number {
  if (heaviest <= 0 || weight <= 0) return THIN_PX;
  return THIN_PX + THICK_PX * Math.sqrt(weight / heaviest);
}
