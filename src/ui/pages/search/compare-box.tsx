import './compare-box.css';
import type { ReactElement } from 'react';
import type { FoundTrace } from '../../api/found-trace.ts';
import { useEmbed } from '../../config/embed.ts';
import { text } from '../../text/common-text.ts';
import { resultsText } from '../../text/results-text.ts';
import { useCompareChoice } from './compare-choice.ts';

/** Chooses a trace for comparing; a page in a frame has no way there. */
export function CompareBox({ trace }: { trace: FoundTrace }): ReactElement | null {
  const { embedded } = useEmbed();
  const { isChosen, toggle } = useCompareChoice();
  if (embedded) return null;
  const { traceId, rootService, rootOperation } = trace;
  const name = `${rootService || text.noRoot} ${rootOperation}`.trim();
  return (
    <label className="compare-box" title={resultsText.compare}>
      <input
        type="checkbox"
        aria-label={resultsText.compareAdd(`${name} ${traceId.slice(-8)}`)}
        checked={isChosen(traceId)}
        onChange={() => {
          toggle({ traceId, name });
        }}
      />
    </label>
  );
}
