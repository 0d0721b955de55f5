import type { LucideIcon } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { Foldout } from './foldout.tsx';

interface IconMenuProps {
  readonly label: string;
  readonly Icon: LucideIcon;
  readonly children: ReactNode;
}

/** What folds out of an icon at the end of a bar. */
export function IconMenu({ label, Icon, children }: IconMenuProps): ReactElement {
  return (
    <Foldout
      side="end"
      className="icon-button"
      label={label}
      summary={<Icon size={17} aria-hidden />}
    >
      {children}
    </Foldout>
  );
}
