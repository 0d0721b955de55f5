import type { ReactElement } from 'react';

/** The mark of static/mark.svg, without a request of its own. */
export function Mark(): ReactElement {
  return (
    <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden>
      <rect width="24" height="24" rx="6" fill="var(--mark)" />
      <path
        d="M5 7.5h14M8 12h8M11 16.5h6"
        stroke="var(--mark-line)"
        strokeWidth="2.4"
        strokeLinecap="round"
      />
    </svg>
  );
}
