import './tool-bar.css';
import type { ReactElement, ReactNode } from 'react';

/** The head of a page: its title, and beside it the choices that decide what the page shows. */
export function ToolBar({ title, children }: { title: string; children: ReactNode }): ReactElement {
  return (
    <div className="tool-bar">
      <h1>{title}</h1>
      {children}
    </div>
  );
}

interface ToolFieldProps {
  readonly label: string;
  /** Of the control; without one the control carries its label itself. */
  readonly controlId?: string;
  readonly wide?: boolean;
  readonly narrow?: boolean;
  readonly children: ReactNode;
}

/** A control with its label above it. */
export function ToolField({
  label,
  controlId,
  wide,
  narrow,
  children,
}: ToolFieldProps): ReactElement {
  return (
    <div className="tool-field" data-wide={wide} data-narrow={narrow}>
      {controlId === undefined ? (
        <span aria-hidden="true">{label}</span>
      ) : (
        <label htmlFor={controlId}>{label}</label>
      )}
      {children}
    </div>
  );
}
