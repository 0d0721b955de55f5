import { Highlighter, ListCollapse, RotateCcw } from 'lucide-react';
import type { ReactElement } from 'react';
import type { FlameName } from '../../../../../model/flame-layout.ts';
import { CopyButton } from '../../../../components/copy-button.tsx';
import { flamegraphText } from '../../../../text/trace-flamegraph-text.ts';
import { FilterField } from '../filter-field.tsx';
import { FLAME_LAYOUTS, type FlameChoice } from './flame-choice.ts';
import type { Flame } from './flame.ts';

interface FlameBarProps {
  readonly flame: Flame;
  readonly choice: FlameChoice;
  /** -1 for none. */
  readonly selected: number;
  readonly similar: FlameName | undefined;
  readonly typed: string;
  readonly onTyped: (typed: string) => void;
  readonly onChoice: (changed: Partial<FlameChoice>) => void;
  readonly onSimilar: (name: FlameName | undefined) => void;
  readonly onReset: () => void;
}

/** What is shown, what is looked for, and what can be done with the chosen box. */
export function FlameBar(props: FlameBarProps): ReactElement {
  const { flame, choice, selected, similar, typed, onTyped, onChoice, onSimilar, onReset } = props;
  const name = flame.names[flame.tree.nodes[selected]?.name ?? -1];
  return (
    <div className="view-bar">
      <div className="segments" role="group" aria-label={flamegraphText.layout}>
        {FLAME_LAYOUTS.map((layout) => (
          <button
            key={layout}
            type="button"
            aria-pressed={choice.layout === layout}
            onClick={() => {
              onChoice({ layout });
            }}
          >
            {flamegraphText.layouts[layout]}
          </button>
        ))}
      </div>
      <div className="flame-find">
        <FilterField
          label={flamegraphText.find}
          placeholder={flamegraphText.find}
          value={typed}
          onChange={onTyped}
        />
      </div>
      <div className="flame-actions" role="group" aria-label={flamegraphText.actions}>
        <ActionButton
          label={flamegraphText.collapseAbove}
          icon={<ListCollapse size={15} aria-hidden />}
          disabled={selected < 0}
          pressed={choice.collapsed}
          onClick={() => {
            onChoice(
              choice.collapsed ? { collapsed: false } : { focus: selected, collapsed: true },
            );
          }}
        />
        <ActionButton
          label={flamegraphText.highlightSimilar}
          icon={<Highlighter size={15} aria-hidden />}
          disabled={name === undefined && similar === undefined}
          pressed={similar !== undefined}
          onClick={() => {
            onSimilar(similar ?? name);
          }}
        />
        <ActionButton
          label={flamegraphText.reset}
          icon={<RotateCcw size={15} aria-hidden />}
          disabled={false}
          onClick={onReset}
        />
        {name !== undefined && (
          <CopyButton value={`${name.service} ${name.operation}`} label={flamegraphText.copyName} />
        )}
      </div>
    </div>
  );
}

interface ActionButtonProps {
  /** Only read aloud where there is little room. */
  readonly label: string;
  readonly icon: ReactElement;
  readonly disabled: boolean;
  /** For a button that stays pressed. */
  readonly pressed?: boolean;
  readonly onClick: () => void;
}

function ActionButton(props: ActionButtonProps): ReactElement {
  const { label, icon, disabled, pressed, onClick } = props;
  return (
    <button
      type="button"
      className="button"
      aria-label={label}
      title={label}
      disabled={disabled}
      aria-pressed={pressed}
      onClick={onClick}
    >
      {icon}
      <span>{label}</span>
    </button>
  );
}
