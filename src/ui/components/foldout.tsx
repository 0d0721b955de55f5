import './foldout.css';
import { type ReactElement, type ReactNode, useEffect, useRef } from 'react';

interface FoldoutProps {
  readonly summary: ReactNode;
  readonly className: string;
  /** For a summary that is only an icon. */
  readonly label?: string;
  /** Which edges of the button and of the box meet. */
  readonly side?: 'start' | 'end';
  readonly children: ReactNode;
}

/** A box below its button; Esc, a click elsewhere and a click on one of its links close it. */
export function Foldout({
  summary,
  className,
  label,
  side = 'start',
  children,
}: FoldoutProps): ReactElement {
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const closeFor = (event: Event): void => {
      const element = details.current;
      if (element === null || !(event.target instanceof Node)) return;
      // A press on plain text in the box focuses whatever around it takes focus: that is no leaving.
      const around = event.type === 'focusin' && event.target.contains(element);
      if (!around && !element.contains(event.target)) element.open = false;
    };
    document.addEventListener('pointerdown', closeFor);
    document.addEventListener('focusin', closeFor);
    return () => {
      document.removeEventListener('pointerdown', closeFor);
      document.removeEventListener('focusin', closeFor);
    };
  }, []);
  const close = (): void => {
    if (details.current) details.current.open = false;
  };
  return (
    <details
      ref={details}
      className="foldout"
      data-side={side}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || details.current?.open !== true) return;
        close();
        details.current.querySelector('summary')?.focus();
        event.stopPropagation();
      }}
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest('a') !== null) close();
      }}
    >
      <summary className={className} aria-label={label} title={label}>
        {summary}
      </summary>
      <div className="foldout-box">{children}</div>
    </details>
  );
}
