import '../view-frame.css';
import './graph-view.css';
import { CircleQuestionMark } from 'lucide-react';
import { type ReactElement, useCallback, useId, useMemo, useState } from 'react';
import { heaviestPaths } from '../../../../../model/heaviest-paths.ts';
import { gatherPaths, nodesOfRows, type PathTree } from '../../../../../model/path-tree.ts';
import { Foldout } from '../../../../components/foldout.tsx';
import { GraphView as Graph } from '../../../../components/graph/graph-view.tsx';
import { WaitNotice } from '../../../../components/notice.tsx';
import { Select } from '../../../../components/select.tsx';
import { ToolField } from '../../../../components/tool-bar.tsx';
import { traceGraphText } from '../../../../text/trace-graph-text.ts';
import type { TraceViewProps } from '../../trace-view-props.ts';
import { PathFacts } from '../path-facts.tsx';
import { useGathered } from '../use-gathered.ts';
import { viewChoice } from '../view-search.ts';
import {
  boxesOf,
  boxLabel,
  type Coloring,
  COLORINGS,
  edgesOf,
  type PathBox,
} from './graph-of-paths.ts';
import { PathBoxView } from './path-box.tsx';

/** More boxes than this are no longer looked at one by one, and take long to arrange. */
const NODES_MAX = 300;

/** The calls of the trace as a graph: spans of the same path are one box. */
export function GraphView(props: TraceViewProps): ReactElement {
  const { rows } = props;
  const start = useCallback(() => gatherPaths(rows), [rows]);
  const { result: tree } = useGathered(rows, start);
  return (
    <section className="view-frame" aria-label={traceGraphText.title}>
      {tree === undefined ? (
        <WaitNotice>{traceGraphText.waiting}</WaitNotice>
      ) : (
        <PathGraph {...props} tree={tree} />
      )}
    </section>
  );
}

function PathGraph(props: TraceViewProps & { readonly tree: PathTree }): ReactElement {
  const { tree, found, search, onSearch } = props;
  const coloring = viewChoice(search, 'graphColor', COLORINGS);
  const [selected, setSelected] = useState<string>();
  const { boxes, edges } = useMemo(() => {
    const paths = heaviestPaths(tree, NODES_MAX);
    return { boxes: boxesOf(paths), edges: edgesOf(paths) };
  }, [tree]);
  const emphasized = useMemo(
    () => new Set(Array.from(nodesOfRows(tree, found), String)),
    [tree, found],
  );
  const chosen = tree.nodes[Number(selected)];
  return (
    <>
      <GraphBar
        coloring={coloring}
        onColoring={(graphColor) => {
          onSearch({ graphColor: graphColor === 'service' ? undefined : graphColor });
        }}
      >
        {boxes.length < tree.nodes.length
          ? traceGraphText.heaviest(boxes.length, tree.nodes.length)
          : traceGraphText.paths(tree.nodes.length)}
      </GraphBar>
      <div className="path-graph">
        <div>
          <Graph
            label={traceGraphText.title}
            nodes={boxes}
            edges={edges}
            layout="layered"
            direction="right"
            renderNode={(box: PathBox) => <PathBoxView box={box} coloring={coloring} />}
            nodeLabel={boxLabel}
            onNode={setSelected}
            emphasized={emphasized}
            {...(boxes[0] !== undefined && { start: boxes[0].id })}
            {...(selected !== undefined && { selected })}
          />
        </div>
        <PathFacts node={chosen} hint={traceGraphText.hint}>
          {chosen !== undefined && (
            <button
              type="button"
              className="path-graph-spans"
              onClick={() => {
                onSearch({
                  view: 'spans',
                  spanServices: JSON.stringify([chosen.service]),
                  spanOperations: JSON.stringify([chosen.operation]),
                });
              }}
            >
              {traceGraphText.showSpans}
            </button>
          )}
        </PathFacts>
      </div>
    </>
  );
}

interface GraphBarProps {
  readonly coloring: Coloring;
  readonly onColoring: (coloring: Coloring) => void;
  readonly children: string;
}

function GraphBar({ coloring, onColoring, children }: GraphBarProps): ReactElement {
  const colorId = useId();
  const options = useMemo(
    () => new Map(COLORINGS.map((name) => [name, traceGraphText.colorings[name]])),
    [],
  );
  return (
    <div className="view-bar">
      <ToolField label={traceGraphText.coloring} controlId={colorId}>
        <Select
          id={colorId}
          value={coloring}
          options={options}
          onChange={(chosen) => {
            onColoring(COLORINGS.find((name) => name === chosen) ?? 'service');
          }}
        />
      </ToolField>
      <span className="view-bar-note numbers muted" role="status">
        {children}
      </span>
      <Foldout
        className="icon-button"
        label={traceGraphText.help}
        side="end"
        summary={<CircleQuestionMark size={17} aria-hidden />}
      >
        <dl className="path-graph-help">
          {traceGraphText.helpEntries.map(([term, meaning]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd className="muted">{meaning}</dd>
            </div>
          ))}
        </dl>
      </Foldout>
    </div>
  );
}
