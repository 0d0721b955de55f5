import './header.css';
import type { ReactElement } from 'react';
import { useUiConfig } from '../config/ui-config.ts';
import { followLink } from '../routing.ts';
import { text } from '../text/common-text.ts';
import { AboutMenu } from './about-menu.tsx';
import { MainNav } from './main-nav.tsx';
import { Mark } from './mark.tsx';
import { SettingsMenu } from './settings-menu.tsx';
import { TraceLookup } from './trace-lookup.tsx';
import { useRoom } from './use-room.ts';

/** On every page: the way to the others, to a trace by its id, and the reader's settings. */
export function Header({ current }: { current: string }): ReactElement {
  const { menu } = useUiConfig();
  const { ref, hasRoom } = useRoom<HTMLElement>(menu);
  return (
    <header ref={ref} className="header">
      <a className="skip-link" href={`${location.pathname}${location.search}#content`}>
        {text.skipToContent}
      </a>
      <a className="header-home" href="search" onClick={followLink}>
        <Mark />
        {text.product}
      </a>
      <MainNav current={current} folded={!hasRoom} />
      <div className="header-tools">
        <TraceLookup />
        <SettingsMenu />
        <AboutMenu />
      </div>
    </header>
  );
}
