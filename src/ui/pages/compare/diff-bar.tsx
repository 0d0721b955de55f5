import './diff-bar.css';
import { type ReactElement, useId } from 'react';
import { CHANGE_METRICS, type DiffPath } from '../../../model/trace-diff.ts';
import { FindField } from '../../components/find-field.tsx';
import { Select } from '../../components/select.tsx';
import { ToolField } from '../../components/tool-bar.tsx';
import { compareText } from '../../text/compare-text.ts';
import { wholeNumber } from '../../number-text.ts';
import type { ComparePart } from './compare-part.ts';
import { countKinds } from './diff-paths.ts';

const KINDS = ['added', 'more', 'same', 'less', 'removed'] as const;
const METRIC_OPTIONS = new Map(
  CHANGE_METRICS.map((metric) => [metric, compareText.metrics[metric]]),
);
const VIEW_OPTIONS = new Map(Object.entries(compareText.views));

interface DiffBarProps extends Pick<ComparePart, 'address' | 'go'> {
  readonly paths: readonly DiffPath[];
  readonly found: ReadonlySet<number> | undefined;
}

/** How the paths are shown, and what the colours mean with how many paths have them. */
export function DiffBar({ address, paths, found, go }: DiffBarProps): ReactElement {
  const id = useId();
  return (
    <div className="diff-bar">
      <Legend metric={address.metric} paths={paths} />
      <ToolField label={compareText.view} controlId={`${id}-view`}>
        <Select
          id={`${id}-view`}
          value={address.view}
          options={VIEW_OPTIONS}
          onChange={(view) => {
            go({ view: view === 'table' ? view : 'graph' });
          }}
        />
      </ToolField>
      <ToolField label={compareText.metric} controlId={`${id}-metric`}>
        <Select
          id={`${id}-metric`}
          value={address.metric}
          options={METRIC_OPTIONS}
          onChange={(chosen) => {
            go({ metric: CHANGE_METRICS.find((metric) => metric === chosen) ?? 'count' });
          }}
        />
      </ToolField>
      <FindField
        label={compareText.find}
        placeholder={compareText.findPlaceholder}
        value={address.find}
        found={found && compareText.found(found.size, paths.length)}
        foundPlace="above"
        onFind={(find) => {
          go({ find }, 'replace');
        }}
      />
    </div>
  );
}

function Legend({
  metric,
  paths,
}: {
  metric: DiffBarProps['address']['metric'];
  paths: readonly DiffPath[];
}): ReactElement {
  const counts = countKinds(paths, metric);
  const isTested = paths.some((path) => path[metric].certainty !== 'too-few');
  return (
    <ul className="diff-legend numbers" aria-label={compareText.legend}>
      {KINDS.filter((kind) => counts[kind] > 0 || metric === 'count' || kind === 'same').map(
        (kind) => (
          <li key={kind} data-kind={kind} data-metric={metric}>
            <span className="diff-mark" aria-hidden="true" />
            {kind === 'same' && isTested
              ? compareText.unclear
              : compareText.kinds[metric][kind]}{' '}
            <strong>{wholeNumber(counts[kind])}</strong>
          </li>
        ),
      )}
    </ul>
  );
}
