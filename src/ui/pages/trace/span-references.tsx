import type { ReactElement } from 'react';
import type { TimelineReference } from '../../../model/timeline-span.ts';
import type { SpanRow } from '../../../model/trace-tree.ts';
import { SafeText } from '../../components/safe-text.tsx';
import { followLink, traceHref } from '../../routing.ts';
import { traceText } from '../../text/trace-text.ts';
import { useTraceRelations } from './trace-relations.ts';
import type { TraceAction } from './trace-view.ts';

interface ReferenceLinkProps {
  readonly reference: TimelineReference;
  /** Of the trace that is shown. */
  readonly traceId: string;
  readonly dispatch: (action: TraceAction) => void;
}

/** Where a reference leads: to a row of this trace, or to another trace. */
export function ReferenceLink({ reference, traceId, dispatch }: ReferenceLinkProps): ReactElement {
  const { rowOf } = useTraceRelations();
  const isHere = fullId(reference.traceId) === fullId(traceId);
  const row = isHere ? rowOf(reference.spanId) : undefined;
  const kind = reference.kind === 'child-of' ? traceText.childOf : traceText.followsFrom;
  return (
    <span className="span-reference">
      <span className="muted">{kind}</span>
      {row === undefined ? (
        <>
          <a
            className="mono"
            href={traceHref(reference.traceId, reference.spanId)}
            onClick={followLink}
          >
            {reference.spanId}
          </a>
          <span className="muted">{isHere ? traceText.notInTrace : traceText.otherTrace}</span>
        </>
      ) : (
        <RowLink row={row} dispatch={dispatch} />
      )}
    </span>
  );
}

/** Goes to a row of the timeline. */
export function RowLink({
  row,
  dispatch,
}: {
  row: SpanRow;
  dispatch: (action: TraceAction) => void;
}): ReactElement {
  const { process, operationName } = row.span;
  return (
    <button
      type="button"
      className="span-link"
      onClick={() => {
        dispatch({ type: 'reveal', index: row.index });
      }}
    >
      <SafeText>{`${process.serviceName} ${operationName}`}</SafeText>
    </button>
  );
}

function fullId(traceId: string): string {
  return traceId.toLowerCase().padStart(32, '0');
}
