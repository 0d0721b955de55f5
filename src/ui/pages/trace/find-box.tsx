import './find-box.css';
import { ChevronDown, ChevronUp, Search, X } from 'lucide-react';
import type { ReactElement, RefObject } from 'react';
import { traceText } from '../../text/trace-text.ts';

interface FindBoxProps {
  readonly input: RefObject<HTMLInputElement | null>;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Of the match that is shown, from 1; 0 while none is. */
  readonly position: number;
  readonly count: number;
  readonly onStep: (by: 1 | -1) => void;
}

/** Looks for text in all spans of the trace; Enter goes from match to match. */
export function FindBox(props: FindBoxProps): ReactElement {
  const { input, value, onChange, position, count, onStep } = props;
  return (
    <div className="find-box" role="search" aria-label={traceText.find}>
      <Search size={14} aria-hidden />
      <input
        ref={input}
        aria-label={traceText.find}
        placeholder={traceText.findPlaceholder}
        spellCheck={false}
        autoComplete="off"
        value={value}
        onChange={(event) => {
          onChange(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onStep(event.shiftKey ? -1 : 1);
        }}
      />
      <span className="find-box-count numbers muted" role="status">
        {value === '' ? '' : traceText.findCount(position, count)}
      </span>
      <FindButton
        label={traceText.findPrevious}
        disabled={count === 0}
        onClick={() => {
          onStep(-1);
        }}
      >
        <ChevronUp size={15} aria-hidden />
      </FindButton>
      <FindButton
        label={traceText.findNext}
        disabled={count === 0}
        onClick={() => {
          onStep(1);
        }}
      >
        <ChevronDown size={15} aria-hidden />
      </FindButton>
      <FindButton
        label={traceText.findClear}
        disabled={value === ''}
        onClick={() => {
          onChange('');
        }}
      >
        <X size={15} aria-hidden />
      </FindButton>
    </div>
  );
}

interface FindButtonProps {
  readonly label: string;
  readonly disabled: boolean;
  readonly onClick: () => void;
  readonly children: ReactElement;
}

function FindButton({ label, disabled, onClick, children }: FindButtonProps): ReactElement {
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onClick}
    >
      {children}
    </button>
  );
}
