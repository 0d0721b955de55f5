import './header-menu.css';
import { ChevronDown } from 'lucide-react';
import { type ReactElement, type ReactNode, useEffect, useRef } from 'react';
import { type MenuEntry, type MenuLink, useLinkTarget } from '../config/ui-config.ts';

/** The links that the configuration adds to the bar. */
export function HeaderMenu({ entries }: { entries: readonly MenuEntry[] }): ReactElement {
  return (
    <ul className="header-menu">
      {entries.map((entry, index) => (
        <li key={index}>
          {entry.type === 'link' ? (
            <OutsideLink link={entry} className="header-link" />
          ) : (
            <Foldout
              className="header-link"
              summary={
                <>
                  {entry.label}
                  <ChevronDown size={14} aria-hidden />
                </>
              }
            >
              <MenuLinks links={entry.links} />
            </Foldout>
          )}
        </li>
      ))}
    </ul>
  );
}

export function MenuLinks({ links }: { links: readonly MenuLink[] }): ReactElement {
  return (
    <ul>
      {links.map((link, index) => (
        <li key={index}>
          <OutsideLink link={link} className="foldout-item" />
        </li>
      ))}
    </ul>
  );
}

function OutsideLink({ link, className }: { link: MenuLink; className: string }): ReactElement {
  const target = useLinkTarget(link.newPage);
  return (
    <a className={className} href={link.url} {...target}>
      {link.label}
    </a>
  );
}

interface FoldoutProps {
  readonly summary: ReactNode;
  readonly className: string;
  /** For a summary that is only an icon. */
  readonly label?: string;
  readonly children: ReactNode;
}

/** A box below its button; Esc, a click elsewhere and a click on one of its links close it. */
export function Foldout({ summary, className, label, children }: FoldoutProps): ReactElement {
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const closeFor = (event: Event): void => {
      const element = details.current;
      const inside = event.target instanceof Node && element?.contains(event.target);
      if (element && !inside) element.open = false;
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
