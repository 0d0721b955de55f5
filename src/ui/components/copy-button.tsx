import { Check, Copy, type LucideIcon } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { text } from '../text/common-text.ts';

const CONFIRMED_MS = 1_200;

interface CopyButtonProps {
  readonly value: string;
  readonly label: string;
  /** For a second way to copy the same thing. */
  readonly icon?: LucideIcon;
}

/** Copies a value, and says so for a moment when it worked. */
export function CopyButton({ value, label, icon: Icon = Copy }: CopyButtonProps): ReactElement {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    if (!(await copyText(value))) return;
    setCopied(true);
    setTimeout(() => {
      setCopied(false);
    }, CONFIRMED_MS);
  };
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={copied ? text.copied : label}
      title={copied ? text.copied : label}
      onClick={(event) => {
        event.stopPropagation();
        void copy();
      }}
    >
      {copied ? <Check size={14} aria-hidden /> : <Icon size={14} aria-hidden />}
    </button>
  );
}

/** The clipboard API exists only on https and localhost; elsewhere a selection does it. */
async function copyText(value: string): Promise<boolean> {
  if (window.isSecureContext) {
    await navigator.clipboard.writeText(value);
    return true;
  }
  const area = document.createElement('textarea');
  area.value = value;
  area.className = 'only-read-aloud';
  document.body.append(area);
  area.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way on plain http
  const done = document.execCommand('copy');
  area.remove();
  return done;
}
