import '../view-frame.css';
import './logs-view.css';
import { type ReactElement, useCallback, useDeferredValue, useMemo, useState } from 'react';
import { parseFind } from '../../../../../model/find-spans.ts';
import { gatherLogs, gatherMatchingLogs, type TraceLog } from '../../../../../model/trace-logs.ts';
import { DataTable } from '../../../../components/data-table.tsx';
import { WaitNotice } from '../../../../components/notice.tsx';
import { ToolField } from '../../../../components/tool-bar.tsx';
import { logsText } from '../../../../text/trace-logs-text.ts';
import type { TraceViewProps } from '../../trace-view-props.ts';
import { FilterField } from '../filter-field.tsx';
import { useGathered } from '../use-gathered.ts';
import { useTypedParam } from '../use-typed-param.ts';
import { logColumns } from './log-columns.tsx';

const NARROW = '(max-width: 720px)';

/** The events of all spans in the order of their time. */
export function LogsView(props: TraceViewProps): ReactElement {
  const { traceId, rows, overview, found, showSpan } = props;
  const [typed, setTyped] = useTypedParam(props, 'logFind');
  const wanted = useDeferredValue(typed);
  const all = useGathered(rows, gatherLogs);
  const start = useCallback(() => gatherMatchingLogs(parseFind(wanted)), [wanted]);
  const { result: logs, pending } = useGathered(all.result, start);
  const [isNarrow] = useState(() => matchMedia(NARROW).matches);
  const columns = useMemo(
    () => logColumns({ traceId, startUs: overview.startUs, showSpan }, isNarrow),
    [traceId, overview, showSpan, isNarrow],
  );
  return (
    <section className="view-frame logs" aria-label={logsText.title} aria-busy={pending}>
      <div className="view-bar">
        <ToolField label={logsText.filter} wide>
          <FilterField
            label={logsText.filter}
            placeholder={logsText.filterPlaceholder}
            value={typed}
            onChange={setTyped}
          />
        </ToolField>
        <span className="view-bar-note numbers muted" role="status">
          {logs !== undefined && logsText.shown(logs.length, all.result?.length ?? 0)}
        </span>
      </div>
      {logs === undefined ? (
        <WaitNotice>{logsText.waiting}</WaitNotice>
      ) : (
        <DataTable
          caption={logsText.title}
          columns={columns}
          rows={logs}
          rowKey={logKey}
          rowMark={({ row }) => (found.has(row.index) ? 'found' : undefined)}
          empty={all.result?.length === 0 ? logsText.noEvents : logsText.noMatch}
        />
      )}
    </section>
  );
}

function logKey({ row, index }: TraceLog): string {
  return `${row.index}-${index}`;
}
