import './find-field.css';
import { type ReactElement, useId } from 'react';
import { ToolField } from './tool-bar.tsx';

interface FindFieldProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  /** How much is found; undefined while nothing is looked for. */
  readonly found: string | undefined;
  readonly foundPlace?: 'inside' | 'above';
  readonly onFind: (value: string) => void;
}

/** Looks for something in what the page shows, and says beside it how much of that there is. */
export function FindField(props: FindFieldProps): ReactElement {
  const id = useId();
  return (
    <ToolField label={props.label} controlId={id}>
      <span className="find-field">
        <input
          id={id}
          className="input"
          type="search"
          autoComplete="off"
          spellCheck={false}
          placeholder={props.placeholder}
          value={props.value}
          onChange={(event) => {
            props.onFind(event.currentTarget.value);
          }}
        />
        <span
          className="find-field-found numbers muted"
          data-place={props.foundPlace ?? 'inside'}
          role="status"
        >
          {props.found}
        </span>
      </span>
    </ToolField>
  );
}
