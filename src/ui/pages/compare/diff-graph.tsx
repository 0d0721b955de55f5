import './diff-graph.css';
import { type CSSProperties, type ReactElement, useMemo } from 'react';
import { changeKind, type ChangeMetric, type DiffPath } from '../../../model/trace-diff.ts';
import { type GraphEdge, type GraphNode, GraphView } from '../../components/graph/graph-view.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import { useServiceColor } from '../../service-colors.ts';
import { compareText } from '../../text/compare-text.ts';
import { kindText, shortDifferenceText, toneOf, valueText } from './change-text.ts';
import { pathsToDraw } from './diff-paths.ts';
import type { DiffViewProps } from './diff-view-props.ts';

const NODE_WIDTH = 230;
const NODE_HEIGHT = 68;

interface PathNode extends GraphNode {
  readonly path: DiffPath;
}

/** A box for each path, in the colour of what has become of it. */
export function DiffGraph(props: DiffViewProps & { readonly metric: ChangeMetric }): ReactElement {
  const { paths, metric, found, selected, onSelect } = props;
  const { nodes, edges } = useMemo(() => graphOf(paths, metric), [paths, metric]);
  const emphasized = useMemo(() => new Set([...(found ?? [])].map(String)), [found]);
  const faded = useMemo(
    () =>
      found === undefined
        ? new Set<string>()
        : new Set(nodes.map(({ id }) => id).filter((id) => !emphasized.has(id))),
    [nodes, found, emphasized],
  );
  return (
    <>
      {nodes.length < paths.length && (
        <p className="muted">{compareText.notAllDrawn(nodes.length, paths.length)}</p>
      )}
      <div className="graph-room">
        <GraphView
          label={compareText.graphLabel(nodes.length)}
          nodes={nodes}
          edges={edges}
          layout="layered"
          renderNode={({ path }) => <PathBox path={path} metric={metric} />}
          nodeLabel={({ path }) => sentence(path, metric)}
          onNode={(id) => {
            onSelect(Number(id));
          }}
          {...(nodes[0] !== undefined && { start: nodes[0].id })}
          {...(selected !== undefined && { selected: String(selected) })}
          emphasized={emphasized}
          faded={faded}
        />
      </div>
    </>
  );
}

function PathBox({ path, metric }: { path: DiffPath; metric: ChangeMetric }): ReactElement {
  const style: CSSProperties & Record<'--service', string> = {
    '--service': useServiceColor()(path.service),
  };
  const change = path[metric];
  const difference = shortDifferenceText(change, metric);
  return (
    <span className="diff-box" style={style} data-tone={toneOf(path, metric)}>
      <span className="diff-box-service">
        <SafeText>{path.service}</SafeText>
      </span>{' '}
      <span className="diff-box-operation">
        <SafeText>{path.operation}</SafeText>
      </span>{' '}
      <span className="diff-box-change numbers">
        <span>{bothText(path, metric)}</span> <strong>{difference}</strong>
      </span>
    </span>
  );
}

function bothText(path: DiffPath, metric: ChangeMetric): string {
  const { a, b } = path[metric];
  const from = valueText(a, metric);
  return a === b ? from : compareText.fromTo(from, valueText(b, metric));
}

/** What stands in the box, and what its colour says. */
function sentence(path: DiffPath, metric: ChangeMetric): string {
  const difference = shortDifferenceText(path[metric], metric);
  const words = [path.service, path.operation, bothText(path, metric), difference];
  const box = words.filter((word) => word !== '').join(' ');
  return compareText.nodeSentence(box, kindText(path, metric));
}

/** Lines to what only one of the sides has are in its colour, whatever the boxes show. */
function graphOf(
  paths: readonly DiffPath[],
  metric: ChangeMetric,
): { readonly nodes: readonly PathNode[]; readonly edges: readonly GraphEdge[] } {
  const drawn = pathsToDraw(paths, metric);
  const nodes: PathNode[] = [];
  const edges: GraphEdge[] = [];
  for (const index of drawn) {
    const path = paths[index];
    if (path === undefined) continue;
    nodes.push({ id: String(index), width: NODE_WIDTH, height: NODE_HEIGHT, path });
    if (path.parent < 0) continue;
    const kind = changeKind(path.count);
    edges.push({
      from: String(path.parent),
      to: String(index),
      tone: kind === 'added' || kind === 'removed' ? kind : 'normal',
    });
  }
  return { nodes, edges };
}
