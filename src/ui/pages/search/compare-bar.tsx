import './compare-bar.css';
import { GitCompareArrows, X } from 'lucide-react';
import type { ReactElement } from 'react';
import { traceIdPart } from '../../../model/trace-id.ts';
import { IconButton } from '../../components/icon-button.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import { useEmbed } from '../../config/embed.ts';
import { useUiConfig } from '../../config/ui-config.ts';
import { followLink } from '../../routing.ts';
import { resultsText } from '../../text/results-text.ts';
import { compareHref, useCompareChoice } from './compare-choice.ts';

/** What was chosen for comparing, in this result and in those before. */
export function CompareBar(): ReactElement | null {
  const { embedded } = useEmbed();
  const { traceIdDisplayLength } = useUiConfig();
  const { chosen, toggle, clear } = useCompareChoice();
  if (embedded || chosen.length === 0) return null;
  return (
    <section className="compare-bar" aria-label={resultsText.compareChosen(chosen.length)}>
      <ul>
        {chosen.map((trace) => {
          const remove = resultsText.compareRemove(trace.name);
          return (
            <li key={trace.traceId}>
              <SafeText>{trace.name}</SafeText>
              <span className="mono muted">{traceIdPart(trace.traceId, traceIdDisplayLength)}</span>
              <IconButton
                label={remove}
                Icon={X}
                size={14}
                onClick={() => {
                  toggle(trace);
                }}
              />
            </li>
          );
        })}
      </ul>
      <div className="compare-bar-actions">
        {chosen.length === 1 ? (
          <span className="muted">{resultsText.compareOneMore}</span>
        ) : (
          <a className="button primary" href={compareHref(chosen)} onClick={followLink}>
            <GitCompareArrows size={15} aria-hidden />
            {resultsText.compare}
          </a>
        )}
        <IconButton label={resultsText.compareClear} Icon={X} onClick={clear} />
      </div>
    </section>
  );
}
