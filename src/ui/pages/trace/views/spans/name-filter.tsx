import './name-filter.css';
import { ChevronDown } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import type { NameCount } from '../../../../../model/span-list.ts';
import { Foldout } from '../../../../components/foldout.tsx';
import { SafeText } from '../../../../components/safe-text.tsx';
import { wholeNumber } from '../../../../number-text.ts';
import { text } from '../../../../text/common-text.ts';
import { spansText } from '../../../../text/trace-spans-text.ts';
import { FilterField } from '../filter-field.tsx';

/** More names than this are not drawn: typing narrows them faster than scrolling. */
const MAX_SHOWN = 200;
/** From so many on there is a field to type into. */
const TYPED_FROM = 8;

interface NameFilterProps {
  readonly label: string;
  readonly names: readonly NameCount[];
  /** Empty for all. */
  readonly chosen: ReadonlySet<string>;
  readonly onChange: (chosen: ReadonlySet<string>) => void;
}

/** Chooses any number of names; none chosen stands for all. */
export function NameFilter({ label, names, chosen, onChange }: NameFilterProps): ReactElement {
  const [typed, setTyped] = useState('');
  const wanted = typed.trim().toLowerCase();
  const matching = names.filter(({ name }) => name.toLowerCase().includes(wanted));
  return (
    <Foldout
      className="button name-filter-button"
      summary={
        <>
          <span>{label}</span>
          <ChosenNames chosen={chosen} />
          <ChevronDown size={14} aria-hidden />
        </>
      }
    >
      <div className="name-filter">
        {names.length >= TYPED_FROM && (
          <FilterField
            label={spansText.narrowNames(label)}
            placeholder={spansText.narrowNames(label)}
            value={typed}
            onChange={setTyped}
          />
        )}
        <ul role="group" aria-label={label}>
          {matching.slice(0, MAX_SHOWN).map(({ name, spanCount }) => (
            <li key={name}>
              <label>
                <input
                  type="checkbox"
                  checked={chosen.has(name)}
                  onChange={() => {
                    onChange(toggled(chosen, name));
                  }}
                />
                <SafeText>{name}</SafeText>
                <span className="numbers muted">{wholeNumber(spanCount)}</span>
              </label>
            </li>
          ))}
        </ul>
        {matching.length === 0 && <p className="muted">{text.noMatch}</p>}
        {matching.length > MAX_SHOWN && (
          <p className="muted">{spansText.moreNames(matching.length - MAX_SHOWN)}</p>
        )}
        <button
          type="button"
          className="button"
          disabled={chosen.size === 0}
          onClick={() => {
            onChange(new Set());
          }}
        >
          {spansText.chooseAll}
        </button>
      </div>
    </Foldout>
  );
}

function ChosenNames({ chosen }: Pick<NameFilterProps, 'chosen'>): ReactElement {
  const [first] = chosen;
  if (first === undefined) return <span className="muted">{spansText.all}</span>;
  return (
    <strong>
      {chosen.size === 1 ? <SafeText>{first}</SafeText> : spansText.chosenCount(chosen.size)}
    </strong>
  );
}

function toggled(chosen: ReadonlySet<string>, name: string): ReadonlySet<string> {
  const next = new Set(chosen);
  if (!next.delete(name)) next.add(name);
  return next;
}
