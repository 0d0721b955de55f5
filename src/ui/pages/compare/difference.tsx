import './difference.css';
import { lazy, type ReactElement, Suspense, useMemo, useRef, useState } from 'react';
import { diffTraces } from '../../../model/trace-diff.ts';
import type { TraceProfile } from '../../../model/trace-profile.ts';
import { WaitNotice } from '../../components/notice.tsx';
import { SplitPanel } from '../../components/split-panel.tsx';
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

/** Every path of both sides, as a graph or as a table, and one of them in detail. */
export function Difference({ address, a, b, go }: DifferenceProps): ReactElement {
  const paths = useMemo(() => diffTraces(a, b), [a, b]);
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
