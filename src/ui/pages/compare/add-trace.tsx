import { type ReactElement, type SubmitEvent, useId, useState } from 'react';
import { parseTraceId } from '../../../model/trace-id.ts';
import { text } from '../../text/common-text.ts';
import { compareText } from '../../text/compare-text.ts';

/** A field for an id that was copied from somewhere. */
export function AddTrace({ onAdd }: { onAdd: (traceId: string) => void }): ReactElement {
  const id = useId();
  const [typed, setTyped] = useState('');
  const [refused, setRefused] = useState(false);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const traceId = typed.trim();
    const valid = parseTraceId(traceId) !== undefined;
    setRefused(!valid);
    if (!valid) return;
    setTyped('');
    onAdd(traceId);
  };
  return (
    <form className="add-trace" noValidate onSubmit={submit}>
      <label htmlFor={id}>{compareText.addLabel}</label>
      <input
        id={id}
        className="input mono"
        autoComplete="off"
        spellCheck={false}
        aria-invalid={refused}
        aria-describedby={`${id}-note`}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setRefused(false);
        }}
      />
      <button type="submit" className="button">
        {compareText.add}
      </button>
      <p id={`${id}-note`} className="add-trace-note" role="alert">
        {refused && text.lookupInvalid}
      </p>
    </form>
  );
}
