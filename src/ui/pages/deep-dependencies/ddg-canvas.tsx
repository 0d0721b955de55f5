import { type ReactElement, useMemo } from 'react';
import type { DdgNode, DdgView } from '../../../model/ddg-graph.ts';
import { type GraphEdge, type GraphNode, GraphView } from '../../components/graph/graph-view.tsx';
import { ServiceBox, serviceBoxSize } from '../../components/graph/service-box.tsx';
import type { Decoration } from '../../config/decoration-config.ts';
import { ddgText } from '../../text/ddg-text.ts';
import { decorationText, type NodeValues, useNodeValues } from './decoration-values.ts';
import { ValueRing } from './value-ring.tsx';

interface DdgCanvasProps {
  readonly view: DdgView;
  /** Of the focus. */
  readonly service: string;
  readonly showOperations: boolean;
  readonly decoration: Decoration | undefined;
  readonly isFinding: boolean;
  /** Ids. */
  readonly found: ReadonlySet<string>;
  /** '' for none. */
  readonly selected: string;
  readonly onNode: (id: string) => void;
}

interface DdgBox extends GraphNode {
  readonly node: DdgNode;
  readonly note: string;
}

/** The graph itself. */
export function DdgCanvas(props: DdgCanvasProps): ReactElement {
  const { view, service, showOperations, decoration, isFinding, found } = props;
  const values = useNodeValues(decoration, view.nodes, showOperations);
  const hasValues = decoration !== undefined;
  const nodes = useMemo(
    () => view.nodes.map((node) => ddgBox(node, showOperations, hasValues)),
    [view, showOperations, hasValues],
  );
  const edges = useMemo(() => ddgEdges(view, showOperations), [view, showOperations]);
  const faded = useMemo(
    () => new Set(isFinding ? view.nodes.map(({ id }) => id).filter((id) => !found.has(id)) : []),
    [view, isFinding, found],
  );
  const focal = view.nodes.find(({ isFocal }) => isFocal);
  const sentence = (node: DdgNode): string => {
    const name = nodeName(node, showOperations);
    const value = decorationText(values.byId.get(node.id));
    const said = node.isFocal ? ddgText.focalNode(name) : name;
    return decoration === undefined || value === ''
      ? said
      : `${said}, ${ddgText.decorationValue(decoration.name, value)}`;
  };
  return (
    <GraphView
      label={ddgText.graphLabel(service, nodes.length)}
      nodes={nodes}
      edges={edges}
      layout="layered"
      renderNode={({ node, note }) => (
        <ServiceBox
          name={node.service}
          note={note}
          focal={node.isFocal}
          aside={nodeRing(node, values)}
        />
      )}
      nodeLabel={({ node }) => sentence(node)}
      onNode={props.onNode}
      {...(focal !== undefined && { start: focal.id })}
      selected={props.selected}
      emphasized={found}
      faded={faded}
    />
  );
}

function nodeRing(node: DdgNode, { byId, max }: NodeValues): ReactElement | undefined {
  const value = byId.get(node.id);
  return value === undefined ? undefined : <ValueRing value={value} max={max} />;
}

function ddgBox(node: DdgNode, showOperations: boolean, hasValue: boolean): DdgBox {
  const note = showOperations ? operationsText(node) : '';
  return { id: node.id, ...serviceBoxSize(node.service, note, hasValue), node, note };
}

function ddgEdges({ edges, nodes }: DdgView, showOperations: boolean): readonly GraphEdge[] {
  const names = new Map(nodes.map((node) => [node.id, nodeName(node, showOperations)]));
  return edges.map(({ from, pathCount, to }) => ({
    ...{ from, to },
    title: ddgText.call(names.get(from) ?? '', names.get(to) ?? '', pathCount),
    weight: pathCount,
  }));
}

function nodeName(node: DdgNode, showOperations: boolean): string {
  return ddgText.node(node.service, showOperations ? operationsText(node) : '');
}

function operationsText({ operations }: DdgNode): string {
  const [only = '', ...others] = operations;
  return others.length === 0 ? only : ddgText.operations(operations.length);
}
