import { type CSSProperties, memo, type ReactElement } from 'react';
import type { GraphLayout, Point } from './graph-layout.ts';
import type { GraphNode } from './graph-types.ts';
import type { Size } from './viewport.ts';

export interface GraphNodesProps<Node extends GraphNode> {
  readonly layout: GraphLayout;
  readonly nodes: readonly Node[];
  readonly renderNode: (node: Node) => ReactElement;
  readonly nodeLabel: (node: Node) => string;
  readonly onNode: ((id: string) => void) | undefined;
  readonly selected: string | undefined;
  readonly emphasized: ReadonlySet<string> | undefined;
  readonly faded: ReadonlySet<string> | undefined;
  /** A node is looked at, or none any more. */
  readonly onNear: (id: string | undefined) => void;
  /** A node has the focus by keyboard. */
  readonly onReveal: (box: Point & Size) => void;
}

export function GraphNodes<Node extends GraphNode>(props: GraphNodesProps<Node>): ReactElement {
  const { layout, nodes, renderNode, nodeLabel, selected, emphasized, faded } = props;
  return (
    <>
      {nodes.map((node) => {
        const place = layout.nodes.get(node.id);
        return place === undefined ? null : (
          <NodeBox
            key={node.id}
            id={node.id}
            place={place}
            width={node.width}
            height={node.height}
            label={nodeLabel(node)}
            selected={selected === node.id}
            emphasized={emphasized?.has(node.id) ?? false}
            faded={faded?.has(node.id) ?? false}
            onNode={props.onNode}
            onNear={props.onNear}
            onReveal={props.onReveal}
          >
            {renderNode(node)}
          </NodeBox>
        );
      })}
    </>
  );
}

interface NodeBoxProps extends Size {
  readonly id: string;
  readonly place: Point;
  readonly label: string;
  readonly selected: boolean;
  readonly emphasized: boolean;
  readonly faded: boolean;
  readonly onNode: ((id: string) => void) | undefined;
  readonly onNear: (id: string | undefined) => void;
  readonly onReveal: (box: Point & Size) => void;
  readonly children: ReactElement;
}

const NodeBox = memo(function NodeBox(props: NodeBoxProps) {
  const { id, place, width, height, selected, onNode, onNear, onReveal } = props;
  const style: CSSProperties = {
    left: place.x - width / 2,
    top: place.y - height / 2,
    ...{ width, height },
  };
  const shared = {
    className: 'graph-node',
    style,
    'data-selected': selected,
    'data-emphasized': props.emphasized,
    'data-faded': props.faded,
    onPointerEnter: () => {
      onNear(id);
    },
    onPointerLeave: () => {
      onNear(undefined);
    },
    onBlur: () => {
      onNear(undefined);
    },
    onFocus: ({ currentTarget }: { readonly currentTarget: Element }) => {
      if (!currentTarget.matches(':focus-visible')) return;
      onNear(id);
      onReveal({ ...place, width, height });
    },
  };
  if (onNode === undefined) {
    return (
      <div role="group" aria-label={props.label} tabIndex={0} {...shared}>
        {props.children}
      </div>
    );
  }
  return (
    <button
      type="button"
      // Beside its visible text, which names it.
      title={props.label}
      aria-current={selected ? 'true' : undefined}
      {...shared}
      onClick={() => {
        onNode(id);
      }}
    >
      {props.children}
    </button>
  );
});
