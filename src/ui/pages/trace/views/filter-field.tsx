import './filter-field.css';
import { Search, X } from 'lucide-react';
import type { ReactElement } from 'react';
import { viewsText } from '../../../text/trace-views-text.ts';

interface FilterFieldProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A text field that narrows what a view shows; Esc empties it. */
export function FilterField({
  label,
  placeholder,
  value,
  onChange,
}: FilterFieldProps): ReactElement {
  return (
    <span className="filter-field">
      <Search size={14} aria-hidden />
      <input
        className="input"
        type="text"
        aria-label={label}
        placeholder={placeholder}
        spellCheck={false}
        autoComplete="off"
        value={value}
        onChange={(event) => {
          onChange(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || value === '') return;
          event.stopPropagation();
          onChange('');
        }}
      />
      {value !== '' && (
        <button
          type="button"
          className="icon-button"
          aria-label={viewsText.clearField(label)}
          title={viewsText.clearField(label)}
          onClick={() => {
            onChange('');
          }}
        >
          <X size={14} aria-hidden />
        </button>
      )}
    </span>
  );
}
