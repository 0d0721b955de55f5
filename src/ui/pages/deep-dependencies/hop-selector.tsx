import { Minus, Plus } from 'lucide-react';
import type { ReactElement } from 'react';
import type { DdgModel } from '../../../model/ddg-model.ts';
import {
  type Direction,
  type HopLevel,
  hopLevels,
  type Visible,
  withDistance,
} from '../../../model/ddg-visibility.ts';
import { IconButton } from '../../components/icon-button.tsx';
import { ddgText } from '../../text/ddg-text.ts';

/** Farther levels are reached one by one. */
const LEVELS_SHOWN = 8;

interface HopSelectorProps {
  readonly model: DdgModel;
  readonly visible: Visible;
  readonly direction: Direction;
  readonly label: string;
  readonly onVisible: (visible: Visible) => void;
}

/** How many calls away from the focus the graph reaches in one direction. */
export function HopSelector(props: HopSelectorProps): ReactElement {
  const { model, visible, direction, label, onVisible } = props;
  const levels = hopLevels(model, visible, direction);
  /** The farthest that is shown in part. */
  const reach = levels.findLast(({ shown }) => shown > 0)?.distance ?? 0;
  /** The farthest up to which nothing is missing. */
  const whole = levels.find(({ count, shown }) => shown < count)?.distance ?? levels.length + 1;
  const go = (distance: number): void => {
    onVisible(withDistance(model, visible, direction, distance));
  };
  return (
    <div className="hop-selector" role="group" aria-label={label}>
      <span className="hop-selector-label" aria-hidden="true">
        {label}
      </span>
      <span className="hop-selector-levels">
        <IconButton
          label={ddgText.fewer(label)}
          Icon={Minus}
          size={14}
          disabled={reach === 0}
          onClick={() => {
            go(reach - 1);
          }}
        />
        {levels.length === 0 && <span className="muted">{ddgText.hopsNone}</span>}
        {levels.slice(0, LEVELS_SHOWN).map((level) => (
          <LevelButton key={level.distance} level={level} onChoose={go} />
        ))}
        {levels.length > LEVELS_SHOWN && (
          <span className="muted numbers">{`… ${levels.length}`}</span>
        )}
        <IconButton
          label={ddgText.more(label)}
          Icon={Plus}
          size={14}
          disabled={whole > levels.length}
          onClick={() => {
            go(Math.max(whole, Math.min(reach, levels.length)));
          }}
        />
      </span>
    </div>
  );
}

function LevelButton({
  level: { count, distance, shown },
  onChoose,
}: {
  readonly level: HopLevel;
  readonly onChoose: (distance: number) => void;
}): ReactElement {
  const title = ddgText.hopTitle(distance, shown, count);
  return (
    <button
      type="button"
      className="hop-level numbers"
      aria-label={title}
      aria-pressed={shown === count ? true : shown > 0 ? 'mixed' : false}
      title={title}
      onClick={() => {
        onChoose(distance);
      }}
    >
      {distance}
    </button>
  );
}
