import type { ReactElement } from 'react';
import { SafeText } from '../safe-text.tsx';
import { graphText } from '../../text/graph-text.ts';
import type { GraphEdge, GraphNode } from './graph-types.ts';

interface GraphConnectionsProps<Node extends GraphNode> {
  readonly nodes: readonly Node[];
  readonly edges: readonly GraphEdge[];
  readonly nodeLabel: (node: Node) => string;
}

/** The lines as sentences, for screen readers. */
export function GraphConnections<Node extends GraphNode>(
  props: GraphConnectionsProps<Node>,
): ReactElement {
  const names = new Map(props.nodes.map((node) => [node.id, props.nodeLabel(node)]));
  return (
    <ul className="only-read-aloud" aria-label={graphText.connections(props.edges.length)}>
      {props.edges.map(({ from, to, title, label = '' }, index) => (
        <li key={index}>
          <SafeText>
            {title ?? graphText.connection(names.get(from) ?? from, names.get(to) ?? to, label)}
          </SafeText>
        </li>
      ))}
    </ul>
  );
}
