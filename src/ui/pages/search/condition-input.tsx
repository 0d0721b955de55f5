import { type KeyboardEvent, type ReactElement, useRef, useState } from 'react';
import { listAttributes, OptionList, steppedOption } from '../../components/option-list.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import { searchText } from '../../text/search-text.ts';
import { useLineCompletion } from './line-completion.ts';

interface ConditionInputProps {
  readonly id: string;
  /** For a field without a label element. */
  readonly label?: string;
  readonly value: string;
  readonly placeholder: string;
  readonly invalid: boolean;
  /** Of the element that says more about the field. */
  readonly noteId: string;
  /** Whose attributes are offered; '' for those of all services. */
  readonly service: string;
  /** Whether a service can be named in the line. */
  readonly named?: boolean;
  readonly onChange: (value: string) => void;
}

/**
 * A line of conditions. While one types, keys and values that are stored are offered: arrow keys and
 * Enter take one, Enter alone submits.
 */
export function ConditionInput(props: ConditionInputProps): ReactElement {
  const { id, label, value, service, named = false } = props;
  const input = useRef<HTMLInputElement>(null);
  // The text up to the caret while something is being written; undefined closes the list.
  const [before, setBefore] = useState<string>();
  const [active, setActive] = useState(-1);
  const { from, options } = useLineCompletion({ before, service, named });
  const open = before !== undefined && options.length > 0;
  const write = (written: string | undefined): void => {
    setBefore(written);
    setActive(-1);
  };
  const choose = (option: string): void => {
    const whole = WHOLE.test(option) ? option : `${option} `;
    const kept = value.slice(0, from) + whole;
    props.onChange(kept + value.slice(before?.length).trimStart());
    write(kept);
    // Once it is drawn: the caret belongs behind what was taken.
    requestAnimationFrame(() => input.current?.setSelectionRange(kept.length, kept.length));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const chosen = open ? options[active] : undefined;
    if (step !== 0) {
      event.preventDefault();
      if (before === undefined) write(textBefore(event.currentTarget));
      else setActive(steppedOption(active, step, options.length));
    } else if (event.key === 'Enter' && chosen !== undefined) {
      event.preventDefault();
      choose(chosen);
    } else if (event.key === 'Enter') {
      write(undefined);
    } else if (event.key === 'Escape' && open) {
      event.stopPropagation();
      write(undefined);
    }
  };
  return (
    <div className="combobox condition-input">
      <input
        {...listAttributes(id, { open, active, options })}
        ref={input}
        id={id}
        className="input"
        aria-label={label}
        aria-invalid={props.invalid}
        aria-describedby={props.noteId}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        placeholder={props.placeholder}
        value={value}
        onChange={({ currentTarget }) => {
          props.onChange(currentTarget.value);
          write(textBefore(currentTarget));
        }}
        onBlur={() => {
          write(undefined);
        }}
        onKeyDown={onKeyDown}
      />
      <OptionList
        {...{ id, open, options, active }}
        label={searchText.suggestions}
        shownAs={(option) => <SafeText>{option}</SafeText>}
        onChoose={choose}
        onActive={setActive}
      />
    </div>
  );
}

/** After one of these the same word goes on. */
const WHOLE = /[=>:]$/;

function textBefore({ value, selectionStart }: HTMLInputElement): string {
  return value.slice(0, selectionStart ?? value.length);
}
