import { Link2, type LucideIcon, CornerUpLeft } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import type { TimelineReference } from '../../../model/timeline-span.ts';
import type { SpanRow } from '../../../model/trace-tree.ts';
import { Foldout } from '../../components/foldout.tsx';
import { traceText } from '../../text/trace-text.ts';
import { ReferenceLink, RowLink } from './span-references.tsx';
import { useTraceRelations } from './trace-relations.ts';
import type { TraceAction } from './trace-view.ts';

interface RowReferencesProps {
  readonly row: SpanRow;
  readonly references: readonly TimelineReference[];
  readonly traceId: string;
  readonly dispatch: (action: TraceAction) => void;
}

/** The spans that a span refers to, and those that refer to it, each behind a button. */
export function RowReferences(props: RowReferencesProps): ReactElement | null {
  const { row, references, traceId, dispatch } = props;
  const referrers = useTraceRelations().referrers.get(row.index) ?? [];
  if (references.length === 0 && referrers.length === 0) return null;
  return (
    <span
      className="row-references"
      onClick={(event) => {
        // The row itself takes clicks as well.
        event.stopPropagation();
      }}
    >
      {references.length > 0 && (
        <ReferenceMenu Icon={Link2} label={traceText.refersTo(references.length)}>
          {references.map((reference, index) => (
            <li key={index}>
              <ReferenceLink {...{ reference, traceId, dispatch }} />
            </li>
          ))}
        </ReferenceMenu>
      )}
      {referrers.length > 0 && (
        <ReferenceMenu Icon={CornerUpLeft} label={traceText.referredBy(referrers.length)}>
          {referrers.map((referrer) => (
            <li key={referrer.index}>
              <RowLink row={referrer} dispatch={dispatch} />
            </li>
          ))}
        </ReferenceMenu>
      )}
    </span>
  );
}

interface ReferenceMenuProps {
  readonly Icon: LucideIcon;
  readonly label: string;
  readonly children: ReactNode;
}

function ReferenceMenu({ Icon, label, children }: ReferenceMenuProps): ReactElement {
  return (
    <Foldout className="icon-button" label={label} summary={<Icon size={13} aria-hidden />}>
      <ul>{children}</ul>
    </Foldout>
  );
}
