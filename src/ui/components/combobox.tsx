import './combobox.css';
import { ChevronDown } from 'lucide-react';
import { type KeyboardEvent, type ReactElement, useId, useState } from 'react';
import { text } from '../text.ts';
import { SafeText } from './safe-text.tsx';

/** More options than this are not drawn: typing narrows them faster than scrolling. */
const MAX_SHOWN = 200;

interface ComboboxProps {
  readonly label: string;
  /** '' is the choice that `anyLabel` names. */
  readonly value: string;
  readonly anyLabel: string;
  readonly options: readonly string[];
  readonly onChange: (value: string) => void;
}

/** A text field with a list that narrows while one types. Values outside the list are allowed. */
export function Combobox(props: ComboboxProps): ReactElement {
  const { label, value, anyLabel, onChange } = props;
  const id = useId();
  const [typed, setTyped] = useState<string>();
  const [active, setActive] = useState(0);
  const open = typed !== undefined;
  const shown = open ? matching(props, typed) : [];

  const choose = (option: string): void => {
    onChange(option);
    setTyped(undefined);
  };
  const show = (query: string): void => {
    setTyped(query);
    setActive(query === '' ? Math.max(0, matching(props, '').indexOf(value)) : 0);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      if (!open) show('');
      else setActive((active + step + shown.length) % Math.max(1, shown.length));
    } else if (event.key === 'Enter' && open) {
      event.preventDefault();
      choose(shown[active] ?? typed.trim());
    } else if (event.key === 'Escape' && open) {
      event.stopPropagation();
      setTyped(undefined);
    }
  };

  return (
    <div className="combobox">
      <input
        className="input"
        role="combobox"
        aria-label={label}
        aria-expanded={open}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={open && shown.length > 0 ? `${id}-${active}` : undefined}
        autoComplete="off"
        spellCheck={false}
        placeholder={value === '' ? anyLabel : value}
        value={typed ?? value}
        onFocus={(event) => {
          event.currentTarget.select();
        }}
        onClick={() => {
          if (!open) show('');
        }}
        onChange={(event) => {
          show(event.currentTarget.value);
        }}
        onBlur={() => {
          if (open && typed.trim() !== '') choose(exact(props, typed) ?? typed.trim());
          else setTyped(undefined);
        }}
        onKeyDown={onKeyDown}
      />
      <ChevronDown size={15} className="combobox-arrow" aria-hidden />
      <ComboboxList
        {...{ id, label, value, anyLabel, shown, active, open }}
        onChoose={choose}
        onActive={setActive}
      />
    </div>
  );
}

interface ComboboxListProps {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly anyLabel: string;
  readonly shown: readonly string[];
  readonly active: number;
  readonly open: boolean;
  readonly onChoose: (option: string) => void;
  readonly onActive: (index: number) => void;
}

function ComboboxList(props: ComboboxListProps): ReactElement {
  const { id, label, value, anyLabel, shown, active, open, onChoose, onActive } = props;
  return (
    <ul
      id={`${id}-list`}
      className="combobox-list"
      role="listbox"
      aria-label={label}
      hidden={!open}
    >
      {shown.map((option, index) => (
        <li
          key={option}
          id={`${id}-${index}`}
          ref={index === active ? scrollIntoList : undefined}
          role="option"
          aria-selected={index === active}
          data-current={option === value}
          onPointerDown={(event) => {
            // Keeps the focus in the field.
            event.preventDefault();
            onChoose(option);
          }}
          onPointerMove={() => {
            onActive(index);
          }}
        >
          {option === '' ? (
            <span className="muted">{anyLabel}</span>
          ) : (
            <SafeText>{option}</SafeText>
          )}
        </li>
      ))}
      {open && shown.length === 0 && (
        <li className="combobox-none muted" role="option" aria-selected={false} aria-disabled>
          {text.noMatch}
        </li>
      )}
    </ul>
  );
}

function matching({ options }: ComboboxProps, typed: string): readonly string[] {
  const wanted = typed.trim().toLowerCase();
  if (wanted === '') return ['', ...options.slice(0, MAX_SHOWN)];
  return options.filter((option) => option.toLowerCase().includes(wanted)).slice(0, MAX_SHOWN);
}

function exact({ options }: ComboboxProps, typed: string): string | undefined {
  const wanted = typed.trim().toLowerCase();
  return options.find((option) => option.toLowerCase() === wanted);
}

function scrollIntoList(item: HTMLLIElement | null): void {
  item?.scrollIntoView({ block: 'nearest' });
}
