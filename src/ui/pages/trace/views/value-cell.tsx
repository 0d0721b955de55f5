import './value-cell.css';
import { Maximize2 } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { CopyButton } from '../../../components/copy-button.tsx';
import { IconButton } from '../../../components/icon-button.tsx';
import { ModalDialog } from '../../../components/modal-dialog.tsx';
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
      <IconButton
        label={viewsText.showWhole(label)}
        Icon={Maximize2}
        size={13}
        onClick={() => {
          setOpen(true);
        }}
      />
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

/** The whole value over the page. */
function ValueDialog({ label, value, onClose }: ValueDialogProps): ReactElement {
  const copy = <CopyButton value={value} label={text.copy} />;
  return (
    <ModalDialog className="value-dialog" label={label} tools={copy} onClose={onClose}>
      <pre className="mono" tabIndex={0}>
        <SafeText>{value}</SafeText>
      </pre>
    </ModalDialog>
  );
}
