import './key-help.css';
import type { ReactElement } from 'react';
import { ModalDialog } from '../../components/modal-dialog.tsx';
import { traceText } from '../../text/trace-text.ts';

/** The list of keys, over the page. */
export function KeyHelp({ onClose }: { onClose: () => void }): ReactElement {
  return (
    <ModalDialog className="key-help" label={traceText.help} onClose={onClose}>
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
    </ModalDialog>
  );
}
