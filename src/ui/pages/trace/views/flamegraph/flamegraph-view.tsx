import '../view-frame.css';
import './flamegraph-view.css';
import { type ReactElement, useCallback, useDeferredValue, useMemo, useState } from 'react';
import type { FlameName } from '../../../../../model/flame-layout.ts';
import { gatherPaths, nodesOfRows, type PathTree } from '../../../../../model/path-tree.ts';
import { WaitNotice } from '../../../../components/notice.tsx';
import { flamegraphText } from '../../../../text/trace-flamegraph-text.ts';
import type { TraceViewProps } from '../../trace-view-props.ts';
import { useGathered } from '../use-gathered.ts';
import { useTypedParam } from '../use-typed-param.ts';
import { FlameBar } from './flame-bar.tsx';
import { FlameChart } from './flame-chart.tsx';
import { type FlameChoice, readFlameChoice, writeFlameChoice } from './flame-choice.ts';
import { FlameTable } from './flame-table.tsx';
import { type Flame, flameMatches, flameOf } from './flame.ts';

/** Where the time of the trace went, by the way of calls: as a flame graph and as a table. */
export function FlamegraphView(props: TraceViewProps): ReactElement {
  const { rows } = props;
  const start = useCallback(() => gatherPaths(rows), [rows]);
  const { result: tree } = useGathered(rows, start);
  return (
    <section className="view-frame" aria-label={flamegraphText.title}>
      {tree === undefined ? (
        <WaitNotice>{flamegraphText.waiting}</WaitNotice>
      ) : (
        <LoadedFlame {...props} tree={tree} />
      )}
    </section>
  );
}

function LoadedFlame(props: TraceViewProps & { readonly tree: PathTree }): ReactElement {
  const { tree, search, onSearch } = props;
  const flame = useMemo(() => flameOf(tree), [tree]);
  const choice = useMemo(() => readFlameChoice(search, tree), [search, tree]);
  const [typed, setTyped] = useTypedParam(props, 'flameFind');
  const find = useDeferredValue(typed.trim());
  const [selected, setSelected] = useState(choice.focus);
  const [similar, setSimilar] = useState<FlameName>();
  const isLit = useLit(props, flame, find, similar);
  const change = (changed: Partial<FlameChoice>): void => {
    onSearch(writeFlameChoice({ ...choice, ...changed }));
  };
  const reset = (): void => {
    setSelected(-1);
    setSimilar(undefined);
    setTyped('');
    onSearch({
      ...writeFlameChoice({ ...choice, focus: -1, collapsed: false }),
      flameFind: undefined,
    });
  };
  const toggleSimilar = (name: FlameName | undefined): void => {
    setSimilar(name === similar ? undefined : name);
  };
  return (
    <>
      <FlameBar
        {...{ flame, choice, selected, similar, typed }}
        onTyped={setTyped}
        onChoice={change}
        onSimilar={toggleSimilar}
        onReset={reset}
      />
      <div className="flame-parts" data-layout={choice.layout}>
        {choice.layout !== 'flamegraph' && (
          <FlameTable names={flame.names} find={find} similar={similar} onSimilar={toggleSimilar} />
        )}
        {choice.layout !== 'table' && (
          <FlameChart
            {...{ flame, isLit, selected }}
            focus={choice.focus}
            collapsed={choice.collapsed}
            onSelect={setSelected}
            onZoom={(node) => {
              change({ focus: node });
            }}
            onReset={reset}
          />
        )}
      </div>
    </>
  );
}

/** What stands out: boxes of a name, else what is looked for here, else what is found in the trace. */
function useLit(
  { tree, found }: TraceViewProps & { readonly tree: PathTree },
  flame: Flame,
  find: string,
  similar: FlameName | undefined,
): ((node: number) => boolean) | undefined {
  return useMemo(() => {
    if (similar !== undefined) {
      return (node: number) => flame.names[tree.nodes[node]?.name ?? -1] === similar;
    }
    if (find !== '') return flameMatches(flame, find);
    if (found.size === 0) return undefined;
    const nodes = nodesOfRows(tree, found);
    return (node: number) => nodes.has(node);
  }, [tree, found, flame, find, similar]);
}
