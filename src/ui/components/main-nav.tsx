import './main-nav.css';
import { Menu } from 'lucide-react';
import type { ReactElement } from 'react';
import { useUiConfig } from '../config/ui-config.ts';
import { PAGES } from '../page-table.ts';
import { followLink } from '../routing.ts';
import { text } from '../text/common-text.ts';
import { Foldout } from './foldout.tsx';
import { HeaderMenu, MenuLinks } from './header-menu.tsx';

interface MainNavProps {
  /** Name of the page that is open. */
  readonly current: string;
  /** Behind one button, where the bar has no room for the links. */
  readonly folded: boolean;
}

/** The ways to the pages, and the links that the configuration adds. */
export function MainNav({ current, folded }: MainNavProps): ReactElement {
  const { menu } = useUiConfig();
  return (
    <nav aria-label={text.mainNavigation} className="main-nav">
      {folded ? (
        <Foldout
          className="icon-button"
          label={text.openNavigation}
          summary={<Menu size={18} aria-hidden />}
        >
          <PageLinks current={current} className="foldout-item" />
          {menu.map((entry, index) => (
            <div key={index} className="main-nav-group">
              {entry.type === 'group' && <p className="muted">{entry.label}</p>}
              <MenuLinks links={entry.type === 'group' ? entry.links : [entry]} />
            </div>
          ))}
        </Foldout>
      ) : (
        <>
          <PageLinks current={current} className="header-link" />
          {menu.length > 0 && <HeaderMenu entries={menu} />}
        </>
      )}
    </nav>
  );
}

function PageLinks({ current, className }: { current: string; className: string }): ReactElement {
  const config = useUiConfig();
  return (
    <ul className="main-nav-pages">
      {[...PAGES]
        .filter(([, { nav }]) => nav?.isShown(config) === true)
        .map(([page, { nav }]) => (
          <li key={page}>
            <a
              className={className}
              href={nav?.href ?? page}
              aria-current={current === page ? 'page' : undefined}
              onClick={followLink}
            >
              {nav?.label(config)}
            </a>
          </li>
        ))}
    </ul>
  );
}
