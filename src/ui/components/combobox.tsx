import { ChevronDown } from 'lucide-react';
import { type KeyboardEvent, type ReactElement, useId, useState } from 'react';
import { text } from '../text/common-text.ts';
import { listAttributes, OptionList, steppedOption } from './option-list.tsx';
import { SafeText } from './safe-text.tsx';

/** More options than this are not drawn: typing narrows them faster than scrolling. */
const MAX_SHOWN = 200;

interface ComboboxProps {
  readonly label: string;
  readonly value: string;
  /** What '' means; it is a choice of the list unless the field is required. */
  readonly emptyLabel: string;
  readonly required?: boolean;
  readonly options: readonly string[];
  readonly invalid?: boolean;
  /** Of the element that says more about the field. */
  readonly noteId?: string;
  readonly onChange: (value: string) => void;
}

/**
 * A text field with a list that narrows while one types. Values outside the list are allowed, and
 * an emptied field is empty.
 */
export function Combobox(props: ComboboxProps): ReactElement {
  const { label, value, emptyLabel, required = false } = props;
  const id = useId();
  const list = useOpenList(props);
  const { open, typed, shown, active } = list;
  return (
    <div className="combobox">
      <input
        className="input"
        {...listAttributes(id, { open, active, options: shown })}
        aria-label={label}
        aria-required={required}
        aria-invalid={props.invalid}
        aria-describedby={props.noteId}
        autoComplete="off"
        spellCheck={false}
        placeholder={emptyLabel}
        value={typed ?? value}
        onFocus={(event) => {
          event.currentTarget.select();
        }}
        onClick={(event) => {
          if (open) return;
          event.currentTarget.select();
          list.show(undefined);
        }}
        onChange={(event) => {
          list.show(event.currentTarget.value);
        }}
        onBlur={list.leave}
        onKeyDown={list.onKeyDown}
      />
      <ChevronDown size={15} className="combobox-arrow" aria-hidden />
      <OptionList
        {...{ id, label, options: shown, active, open }}
        current={value}
        nothing={text.noMatch}
        shownAs={(option) =>
          option === '' ? (
            <span className="muted">{emptyLabel}</span>
          ) : (
            <SafeText>{option}</SafeText>
          )
        }
        onChoose={list.choose}
        onActive={list.setActive}
      />
    </div>
  );
}

interface OpenList {
  readonly open: boolean;
  /** Undefined until something is typed: then the list is whole. */
  readonly typed: string | undefined;
  readonly shown: readonly string[];
  /** Index in what is shown; -1 for none. */
  readonly active: number;
  readonly setActive: (index: number) => void;
  readonly show: (typed: string | undefined) => void;
  readonly choose: (option: string) => void;
  /** What was typed stays; a list that was only looked at changes nothing. */
  readonly leave: () => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

function useOpenList(props: ComboboxProps): OpenList {
  const { value, onChange } = props;
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState<string>();
  const [active, setActive] = useState(-1);
  const shown = open ? matching(props, typed ?? '') : [];

  const close = (): void => {
    setOpen(false);
    setTyped(undefined);
  };
  const choose = (option: string): void => {
    onChange(option);
    close();
  };
  const show = (query: string | undefined): void => {
    setOpen(true);
    setTyped(query);
    const whole = query === undefined || query.trim() === '';
    setActive(whole ? matching(props, '').indexOf(query?.trim() ?? value) : 0);
  };
  const leave = (): void => {
    if (typed === undefined) close();
    else choose(exact(props, typed) ?? typed.trim());
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      if (!open) show(undefined);
      else setActive(steppedOption(active, step, shown.length));
    } else if (event.key === 'Enter' && open) {
      event.preventDefault();
      choose(shown[active] ?? (typed ?? value).trim());
    } else if (event.key === 'Escape' && open) {
      event.stopPropagation();
      close();
    }
  };
  return { open, typed, shown, active, setActive, show, choose, leave, onKeyDown };
}

function matching({ options, required }: ComboboxProps, typed: string): readonly string[] {
  const wanted = typed.trim().toLowerCase();
  if (wanted === '') return [...(required ? [] : ['']), ...options.slice(0, MAX_SHOWN)];
  return options.filter((option) => option.toLowerCase().includes(wanted)).slice(0, MAX_SHOWN);
}

function exact({ options }: ComboboxProps, typed: string): string | undefined {
  const wanted = typed.trim().toLowerCase();
  return options.find((option) => option.toLowerCase() === wanted);
}
