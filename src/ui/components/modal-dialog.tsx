import './modal-dialog.css';
import { X } from 'lucide-react';
import { type ReactElement, type ReactNode, useEffect, useRef } from 'react';
import { text } from '../text/common-text.ts';
import { SafeText } from './safe-text.tsx';

interface ModalDialogProps {
  readonly label: string;
  readonly className: string;
  /** Beside the button that closes. */
  readonly tools?: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Over the page from when it is drawn; Esc or a click beside it closes. */
export function ModalDialog(props: ModalDialogProps): ReactElement {
  const { label, className, tools, onClose, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={`modal-dialog ${className}`}
      aria-label={label}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <header>
        <h2>
          <SafeText>{label}</SafeText>
        </h2>
        {tools}
        <button type="button" className="icon-button" aria-label={text.close} onClick={onClose}>
          <X size={16} aria-hidden />
        </button>
      </header>
      {children}
    </dialog>
  );
}
