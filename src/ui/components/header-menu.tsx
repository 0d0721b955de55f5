import './header-menu.css';
import { ChevronDown } from 'lucide-react';
import type { ReactElement } from 'react';
import type { MenuEntry, MenuLink } from '../config/menu-config.ts';
import { useLinkTarget } from '../config/ui-config.ts';
import { Foldout } from './foldout.tsx';

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
  if (link.url === '') return <span className={`${className} muted`}>{link.label}</span>;
  return (
    <a className={className} href={link.url} {...target}>
      {link.label}
    </a>
  );
}
