import './select.css';
import { ChevronDown } from 'lucide-react';
import type { ReactElement } from 'react';

interface SelectProps {
  readonly id?: string;
  readonly value: string;
  /** Values with the words for them, in order. */
  readonly options: ReadonlyMap<string, string>;
  /** Of no effect at the moment; it keeps its place. */
  readonly disabled?: boolean;
  readonly onChange: (value: string) => void;
}

/** The browser's own choice field, drawn like the other fields. */
export function Select({ id, value, options, disabled, onChange }: SelectProps): ReactElement {
  return (
    <span className="select">
      <select
        id={id}
        className="input"
        value={value}
        disabled={disabled}
        onChange={(event) => {
          onChange(event.currentTarget.value);
        }}
      >
        {[...options].map(([option, label]) => (
          <option key={option} value={option}>
            {label}
          </option>
        ))}
      </select>
      <ChevronDown size={15} aria-hidden />
    </span>
  );
}
