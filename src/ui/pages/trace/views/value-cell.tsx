import './value-cell.css';
import { Maximize2, X } from 'lucide-react';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { CopyButton } from '../../../components/copy-button.tsx';
import { SafeText } from '../../../components/safe-text.tsx';
import { text } from '../../../text/common-text.ts';
import { viewsText } from '../../../text/trace-views-text.ts';

interface ValueCellProps {
  readonly label: string;
  readonly value: string;
  /** Of a longer value, such as a database statement, so many characters are shown at first. */
  readonly shownMax: number;
}

/** A value that came with spans: the beginning of it, and a way to all of it. */
export function ValueCell({ label, value, shownMax }: ValueCellProps): ReactElement {
  const [open, setOpen] = useState(false);
  if (value.length <= shownMax) return <SafeText>{value}</SafeText>;
  return (
    <span className="value-cell">
      <SafeText>{value.slice(0, shownMax).trimEnd()}</SafeText>…
      <button
        type="button"
        className="icon-button"
        aria-label={viewsText.showWhole(label)}
        title={viewsText.showWhole(label)}
        onClick={() => {
          setOpen(true);
        }}
      >
        <Maximize2 size={13} aria-hidden />
      </button>
      {open && (
        <ValueDialog
          label={label}
          value={value}
          onClose={() => {
            setOpen(false);
          }}
        />
      )}
    </span>
  );
}

interface ValueDialogProps {
  readonly label: string;
  readonly value: string;
  readonly onClose: () => void;
}

/** The whole value over the page; Esc or a click beside it closes. */
function ValueDialog({ label, value, onClose }: ValueDialogProps): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="value-dialog"
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
        <CopyButton value={value} label={text.copy} />
        <button type="button" className="icon-button" aria-label={text.close} onClick={onClose}>
          <X size={16} aria-hidden />
        </button>
      </header>
      <pre className="mono" tabIndex={0}>
        <SafeText>{value}</SafeText>
      </pre>
    </dialog>
  );
}
