import './find-box.css';
import { ChevronDown, ChevronUp, ListFilter, LocateFixed, Search, X } from 'lucide-react';
import type { ReactElement, RefObject } from 'react';
import { traceText } from '../../text/trace-text.ts';

export interface FindBoxProps {
  readonly input: RefObject<HTMLInputElement | null>;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Of the match that is shown, from 1; 0 while none is. */
  readonly position: number;
  readonly count: number;
  /** By 0 brings the match that is shown back into sight. */
  readonly onStep: (by: 1 | 0 | -1) => void;
  /** Only matches and what leads to them are shown. */
  readonly only: boolean;
  readonly onOnly: (only: boolean) => void;
}

/** Looks for text in all spans of the trace; Enter goes from match to match. */
export function FindBox(props: FindBoxProps): ReactElement {
  const { input, value, onChange, position, count, onStep, only, onOnly } = props;
  return (
    <div className="find-box" role="search" aria-label={traceText.find}>
      <Search size={14} aria-hidden />
      <input
        ref={input}
        aria-label={traceText.find}
        placeholder={traceText.findPlaceholder}
        title={traceText.findGrammar}
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
        label={traceText.findOnly}
        pressed={only}
        onClick={() => {
          onOnly(!only);
        }}
      >
        <ListFilter size={15} aria-hidden />
      </FindButton>
      <StepButtons idle={count === 0} onStep={onStep} />
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

interface StepButtonsProps {
  readonly idle: boolean;
  readonly onStep: FindBoxProps['onStep'];
}

function StepButtons({ idle, onStep }: StepButtonsProps): ReactElement {
  return (
    <>
      <FindButton
        label={traceText.findLocate}
        disabled={idle}
        onClick={() => {
          onStep(0);
        }}
      >
        <LocateFixed size={14} aria-hidden />
      </FindButton>
      <FindButton
        label={traceText.findPrevious}
        disabled={idle}
        onClick={() => {
          onStep(-1);
        }}
      >
        <ChevronUp size={15} aria-hidden />
      </FindButton>
      <FindButton
        label={traceText.findNext}
        disabled={idle}
        onClick={() => {
          onStep(1);
        }}
      >
        <ChevronDown size={15} aria-hidden />
      </FindButton>
    </>
  );
}

interface FindButtonProps {
  readonly label: string;
  readonly disabled?: boolean;
  /** For a button that stays in. */
  readonly pressed?: boolean;
  readonly onClick: () => void;
  readonly children: ReactElement;
}

function FindButton(props: FindButtonProps): ReactElement {
  const { label, disabled = false, pressed, onClick, children } = props;
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      aria-pressed={pressed}
      title={label}
      disabled={disabled}
      onClick={onClick}
    >
      {children}
    </button>
  );
}
