import { CircleAlert } from 'lucide-react';
import type { ReactElement } from 'react';
import type { PrunedRows } from '../../../model/hidden-rows.ts';
import type { TreeRow } from '../../../model/trace-tree.ts';
import { traceText } from '../../text/trace-text.ts';
import { rowIndent } from './row-indent.ts';

interface PrunedRowProps {
  /** The first of the pruned ones. */
  readonly row: TreeRow;
  readonly pruned: PrunedRows;
  readonly nameWidth: number;
  readonly bars: boolean;
}

/** Says in the place of pruned spans how many there are, and whether some of them failed. */
export function PrunedRow(props: PrunedRowProps): ReactElement {
  const { row, pruned, nameWidth, bars } = props;
  const { spanCount, errorCount } = pruned;
  return (
    <div className="timeline-row timeline-pruned" role="row" aria-level={row.depth + 1}>
      <div
        className="timeline-names"
        role="gridcell"
        style={{ paddingLeft: 6 + rowIndent(row.depth, nameWidth) }}
      >
        <span className="timeline-chevron" />
        <span className="timeline-mark" />
        {errorCount > 0 && (
          <CircleAlert className="timeline-error" data-own="false" size={15} aria-hidden />
        )}
        <span className="timeline-name">{traceText.pruned(spanCount, errorCount)}</span>
      </div>
      <div role="gridcell" />
      {bars && <div className="timeline-lane" role="gridcell" />}
    </div>
  );
}
