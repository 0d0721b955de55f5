import './chooser.css';
import { lazy, type ReactElement, Suspense, useState } from 'react';
import { WaitNotice } from '../../components/notice.tsx';
import { text } from '../../text/common-text.ts';
import { compareText } from '../../text/compare-text.ts';
import { AddTrace } from './add-trace.tsx';
import type { ComparePart } from './compare-part.ts';
import { TracesAtHand } from './traces-at-hand.tsx';

/** Two search forms are more than most comparisons need: they come when they are asked for. */
const SideSearch = lazy(async () => ({ default: (await import('./side-search.tsx')).SideSearch }));

/** What to compare: ticked traces, or what two searches find. */
export function Chooser(props: ComparePart): ReactElement {
  const { address, compared, go } = props;
  const isAnythingChosen = compared.a.isChosen || compared.b.isChosen;
  return (
    <section className="chooser" aria-label={compareText.chooserLabel}>
      <p className="muted">{isAnythingChosen ? compareText.atHandHint : compareText.startHint}</p>
      <AddTrace
        onAdd={(traceId) => {
          // The first places that are free; then it is only at hand.
          const added = { traceIds: [traceId], search: '' };
          if (!compared.a.isChosen) go({ a: added });
          else if (!compared.b.isChosen) go({ b: added });
          else go({ cohort: [...address.cohort, traceId] });
        }}
      />
      <Searches {...props} />
      {/* Last: it grows with each choice, and nothing that leads to the next one may move. */}
      {compared.traceIds.length > 0 && <TracesAtHand {...props} />}
    </section>
  );
}

function Searches({ address, compared, go }: ComparePart): ReactElement {
  const isSearching = compared.a.request !== undefined || compared.b.request !== undefined;
  const [open, setOpen] = useState(isSearching || compared.traceIds.length === 0);
  return (
    <details
      open={open}
      onToggle={(event) => {
        setOpen(event.currentTarget.open);
      }}
    >
      <summary>{compareText.searchHint}</summary>
      {open && (
        <Suspense fallback={<WaitNotice>{text.loadingPage}</WaitNotice>}>
          <div className="chooser-searches">
            <SideSearch
              key={`a ${address.a.search}`}
              letter="A"
              side={compared.a}
              onSearch={(search) => {
                go({ a: { ...address.a, search } });
              }}
            />
            <SideSearch
              key={`b ${address.b.search}`}
              letter="B"
              side={compared.b}
              onSearch={(search) => {
                go({ b: { ...address.b, search } });
              }}
            />
          </div>
        </Suspense>
      )}
    </details>
  );
}
