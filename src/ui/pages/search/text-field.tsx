import { type ReactElement, type ReactNode, useId } from 'react';
import type { FieldErrors, SearchFields } from './search-fields.ts';

/** What every field of the form gets. */
export interface FieldProps {
  readonly fields: SearchFields;
  readonly errors: FieldErrors;
  readonly change: (changed: Partial<SearchFields>) => void;
}

interface TextFieldProps extends FieldProps {
  readonly name: keyof SearchFields;
  readonly label: string;
  readonly placeholder?: string;
  readonly hint?: string;
  readonly type?: 'text' | 'datetime-local' | 'number';
  readonly min?: number;
  readonly max?: number;
}

export function TextField(props: TextFieldProps): ReactElement {
  const { name, label, hint, type = 'text', fields, errors, change, ...input } = props;
  const id = useId();
  const error = errors[name];
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input numbers"
        type={type}
        step={1}
        {...input}
        autoComplete="off"
        spellCheck={false}
        aria-invalid={error !== undefined}
        aria-describedby={`${id}-note`}
        value={fields[name]}
        onChange={(event) => {
          change({ [name]: event.currentTarget.value });
        }}
      />
      <FieldNote id={`${id}-note`} error={error}>
        {hint}
      </FieldNote>
    </div>
  );
}

/** Below a field: what is wrong with it, else what there is to say. */
export function FieldNote({
  id,
  error,
  children,
}: {
  id: string;
  error: string | undefined;
  children?: ReactNode;
}): ReactElement {
  return (
    <p id={id} className="field-note" data-error={error !== undefined}>
      {error ?? children}
    </p>
  );
}
