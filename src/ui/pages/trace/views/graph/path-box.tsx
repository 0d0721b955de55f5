import { CircleAlert } from 'lucide-react';
import type { CSSProperties, ReactElement } from 'react';
import { durationText } from '../../../../../model/duration-text.ts';
import { SafeText } from '../../../../components/safe-text.tsx';
import { wholeNumber } from '../../../../number-text.ts';
import { useServiceColor } from '../../../../service-colors.ts';
import { text } from '../../../../text/common-text.ts';
import { traceGraphText } from '../../../../text/trace-graph-text.ts';
import { boxLabel, type Coloring, type PathBox } from './graph-of-paths.ts';

/** A path of calls: who did what how often, and how long that took. Spaces part what is read aloud. */
export function PathBoxView({ box, coloring }: { box: PathBox; coloring: Coloring }): ReactElement {
  const { node, hidden } = box;
  const { service, operation, count, totalUs, selfUs, errorCount } = node;
  const style: CSSProperties & Record<'--service' | '--heat', string> = {
    '--service': useServiceColor()(service),
    '--heat': `${heat(box, coloring).toFixed(1)}%`,
  };
  return (
    <span className="path-box" style={style} data-coloring={coloring} title={boxLabel(box)}>
      <span className="path-box-line">
        <strong>
          <SafeText>{service}</SafeText>
        </strong>{' '}
        {errorCount > 0 && (
          <CircleAlert
            size={14}
            role="img"
            aria-label={text.errors(errorCount)}
            className="path-box-error"
          />
        )}
        <span className="path-box-count numbers">×{wholeNumber(count)}</span>
      </span>{' '}
      <span className="path-box-operation">
        <SafeText>{operation}</SafeText>
      </span>{' '}
      <span className="path-box-times numbers">
        <Time label={traceGraphText.total} us={totalUs} />{' '}
        <Time label={traceGraphText.avg} us={totalUs / count} />{' '}
        <Time label={traceGraphText.self} us={selfUs} />{' '}
        {hidden > 0 && <span className="path-box-hidden">{traceGraphText.hidden(hidden)}</span>}
      </span>
    </span>
  );
}

function Time({ label, us }: { label: string; us: number }): ReactElement {
  return (
    <span>
      <span className="path-box-label">{label}</span> {durationText(us)}
    </span>
  );
}

/** Percent of the colour in the box's ground: text must stay readable on the hottest. */
function heat({ totalShare, selfShare }: PathBox, coloring: Coloring): number {
  if (coloring === 'service') return 0;
  return 45 * (coloring === 'total' ? totalShare : selfShare);
}
