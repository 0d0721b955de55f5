import type { LucideIcon } from 'lucide-react';
import type { ReactElement } from 'react';

interface IconButtonProps {
  /** What it does: read aloud, and shown under the pointer. */
  readonly label: string;
  readonly Icon: LucideIcon;
  /** Pixels. */
  readonly size?: number;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}

/** A button that is only an icon. */
export function IconButton(props: IconButtonProps): ReactElement {
  const { label, Icon, size = 16, disabled = false, onClick } = props;
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon size={size} aria-hidden />
    </button>
  );
}
