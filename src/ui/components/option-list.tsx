import './combobox.css';
import type { ReactElement, ReactNode } from 'react';

interface OptionListProps {
  /** Of the field; the list and its options derive theirs from it. */
  readonly id: string;
  readonly label: string;
  readonly open: boolean;
  readonly options: readonly string[];
  /** Index in the options; -1 for none. */
  readonly active: number;
  /** The option that is chosen already. */
  readonly current?: string;
  /** Stands in the place of options where there are none. */
  readonly nothing?: string;
  readonly shownAs: (option: string) => ReactNode;
  readonly onChoose: (option: string) => void;
  readonly onActive: (index: number) => void;
}

/** The list below a text field; the field keeps the focus and names the active option. */
export function OptionList(props: OptionListProps): ReactElement {
  const { id, label, open, options, active, current, nothing, shownAs, onChoose, onActive } = props;
  return (
    <ul id={listId(id)} className="combobox-list" role="listbox" aria-label={label} hidden={!open}>
      {options.map((option, index) => (
        <li
          key={option}
          id={optionId(id, index)}
          ref={index === active ? scrollIntoList : undefined}
          role="option"
          aria-selected={index === active}
          data-current={option === current}
          onPointerDown={(event) => {
            // Keeps the focus in the field.
            event.preventDefault();
            onChoose(option);
          }}
          onPointerMove={() => {
            onActive(index);
          }}
        >
          {shownAs(option)}
        </li>
      ))}
      {open && options.length === 0 && nothing !== undefined && (
        <li className="combobox-none muted" role="option" aria-selected={false} aria-disabled>
          {nothing}
        </li>
      )}
    </ul>
  );
}

/** What a field says of its list to those who do not see it. */
export function listAttributes(
  id: string,
  { open, active, options }: Pick<OptionListProps, 'open' | 'active' | 'options'>,
): {
  readonly role: 'combobox';
  readonly 'aria-expanded': boolean;
  readonly 'aria-controls': string;
  readonly 'aria-autocomplete': 'list';
  readonly 'aria-activedescendant': string | undefined;
} {
  return {
    role: 'combobox',
    'aria-expanded': open,
    'aria-controls': listId(id),
    'aria-autocomplete': 'list',
    'aria-activedescendant': open && active in options ? optionId(id, active) : undefined,
  };
}

/** Round and round; from none to the first, or upwards to the last. */
export function steppedOption(active: number, step: 1 | -1, count: number): number {
  if (count === 0) return -1;
  return active === -1 && step === -1 ? count - 1 : (active + step + count) % count;
}

function listId(id: string): string {
  return `${id}-list`;
}

function optionId(id: string, index: number): string {
  return `${id}-${index}`;
}

function scrollIntoList(item: HTMLLIElement | null): void {
  item?.scrollIntoView({ block: 'nearest' });
}
