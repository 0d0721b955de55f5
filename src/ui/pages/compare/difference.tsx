import './difference.css';
import { lazy, type ReactElement, Suspense, useCallback, useMemo, useRef, useState } from 'react';
import { diffSteps, type DiffPath } from '../../../model/trace-diff.ts';
import type { TraceProfile } from '../../../model/trace-profile.ts';
import { WaitNotice } from '../../components/notice.tsx';
import { SplitPanel } from '../../components/split-panel.tsx';
import { useInTurns } from '../../components/use-in-turns.ts';
import { text } from '../../text/common-text.ts';
import { compareText } from '../../text/compare-text.ts';
import type { ComparePart } from './compare-part.ts';
import { DiffBar } from './diff-bar.tsx';
import { pathsLike } from './diff-paths.ts';
import { PathDetail } from './path-detail.tsx';

const DiffGraph = lazy(async () => ({ default: (await import('./diff-graph.tsx')).DiffGraph }));
const DiffTable = lazy(async () => ({ default: (await import('./diff-table.tsx')).DiffTable }));

/** The box or the row of the path whose details are shown. */
const CHOSEN = '.graph-node[data-selected="true"], tr[data-mark="selected"]';

interface DifferenceProps extends Pick<ComparePart, 'address' | 'go'> {
  readonly a: readonly TraceProfile[];
  readonly b: readonly TraceProfile[];
}

/** So many paths of all traces together are compared at once, without a page in between. */
const AT_ONCE_MAX = 5_000;

/** Waits for the comparison where it is a long one. */
export function Difference(props: DifferenceProps): ReactElement {
  const { a, b } = props;
  const start = useCallback(() => diffSteps(a, b), [a, b]);
  const { result: paths } = useInTurns(start, pathCount(a) + pathCount(b) <= AT_ONCE_MAX);
  return paths === undefined ? (
    <WaitNotice>{compareText.comparing}</WaitNotice>
  ) : (
    <ShownDifference {...props} paths={paths} />
  );
}

function pathCount(traces: readonly TraceProfile[]): number {
  return traces.reduce((sum, { paths }) => sum + paths.length, 0);
}

/** Every path of both sides, as a graph or as a table, and one of them in detail. */
function ShownDifference(
  props: DifferenceProps & { readonly paths: readonly DiffPath[] },
): ReactElement {
  const { address, a, b, go, paths } = props;
  const found = useMemo(() => pathsLike(paths, address.find), [paths, address.find]);
  const [selected, setSelected] = useState<number>();
  const detail = selected === undefined ? undefined : paths[selected];
  const shared = { paths, found, selected, onSelect: setSelected };
  const view = useRef<HTMLDivElement>(null);
  // To where it was chosen, so that the keyboard goes on from there.
  const close = (): void => {
    view.current?.querySelector<HTMLElement>(CHOSEN)?.focus();
    setSelected(undefined);
  };
  const isPair = a.length === 1 && b.length === 1;
  return (
    <>
      <DiffBar address={address} paths={paths} found={found} go={go} />
      <SplitPanel
        name="compare"
        side="right"
        label={compareText.detail}
        width={400}
        panel={detail && <PathDetail path={detail} paths={paths} a={a} b={b} onClose={close} />}
      >
        <div
          ref={view}
          className="difference-view"
          data-view={address.view}
          onKeyDown={(event) => {
            if (event.key === 'Escape') close();
          }}
        >
          <Suspense fallback={<WaitNotice>{text.loadingPage}</WaitNotice>}>
            {address.view === 'table' ? (
              <DiffTable {...shared} isPair={isPair} />
            ) : (
              <DiffGraph {...shared} metric={address.metric} />
            )}
          </Suspense>
        </div>
      </SplitPanel>
    </>
  );
}
