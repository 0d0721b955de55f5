import './key-help.css';
import { X } from 'lucide-react';
import { type ReactElement, useEffect, useRef } from 'react';
import { text } from '../../text/common-text.ts';
import { traceText } from '../../text/trace-text.ts';

/** The list of keys, over the page; Esc or a click beside it closes. */
export function KeyHelp({ onClose }: { onClose: () => void }): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="key-help"
      aria-label={traceText.help}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <header>
        <h2>{traceText.help}</h2>
        <button type="button" className="icon-button" aria-label={text.close} onClick={onClose}>
          <X size={16} aria-hidden />
        </button>
      </header>
      <dl>
        {traceText.shortcuts.map(([keys, meaning]) => (
          <div key={keys + meaning}>
            <dt>
              {keys
                .split(/( and |, | or )/)
                .map((part, index) =>
                  index % 2 === 0 ? <kbd key={index}>{part}</kbd> : <span key={index}>{part}</span>,
                )}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}
