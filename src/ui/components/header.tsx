import './header.css';
import { Info, Moon, Search, Sun } from 'lucide-react';
import { type ReactElement, type SubmitEvent, useState } from 'react';
import { useUiConfig } from '../config/ui-config.ts';
import { PAGES } from '../page-table.ts';
import { followLink, goTo, traceHref } from '../routing.ts';
import { text } from '../text/common-text.ts';
import { chooseTheme, useTheme } from '../theme.ts';
import { Foldout, HeaderMenu, MenuLinks } from './header-menu.tsx';

/** On every page: the way to search, to a trace by its id, and to the other theme. */
export function Header({ current }: { current: string }): ReactElement {
  const config = useUiConfig();
  const { menu, themesEnabled } = config;
  return (
    <header className="header">
      <a className="skip-link" href={`${location.pathname}${location.search}#content`}>
        {text.skipToContent}
      </a>
      <a className="header-home" href="search" onClick={followLink}>
        <img src="static/mark.svg" alt="" width="22" height="22" />
        {text.product}
      </a>
      <nav aria-label={text.mainNavigation}>
        {[...PAGES]
          .filter(([, { nav }]) => nav?.isShown(config) === true)
          .map(([page, { nav }]) => (
            <a
              key={page}
              className="header-link"
              href={page}
              aria-current={current === page ? 'page' : undefined}
              onClick={followLink}
            >
              {nav?.label}
            </a>
          ))}
        {menu.length > 0 && <HeaderMenu entries={menu} />}
      </nav>
      <div className="header-tools">
        <TraceLookup />
        {themesEnabled && <ThemeToggle />}
        <About />
      </div>
    </header>
  );
}

function TraceLookup(): ReactElement {
  const [typed, setTyped] = useState('');
  const [refused, setRefused] = useState(false);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const id = typed.trim().toLowerCase();
    const valid = /^[0-9a-f]{1,32}$/.test(id);
    setRefused(!valid);
    if (!valid) return;
    setTyped('');
    goTo(traceHref(id));
  };
  return (
    <form className="trace-lookup" role="search" aria-label={text.lookupLabel} onSubmit={submit}>
      <Search size={15} aria-hidden />
      <input
        className="input mono"
        aria-label={text.lookupLabel}
        aria-invalid={refused}
        aria-describedby="lookup-refused"
        placeholder={text.lookupPlaceholder}
        spellCheck={false}
        autoComplete="off"
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setRefused(false);
        }}
      />
      <span id="lookup-refused" className="trace-lookup-refused" role="alert" hidden={!refused}>
        {text.lookupInvalid}
      </span>
    </form>
  );
}

/** What runs here; where the bar has no room for the configured menu, that as well. */
function About(): ReactElement {
  const { menu, version } = useUiConfig();
  return (
    <Foldout className="icon-button" label={text.about} summary={<Info size={17} aria-hidden />}>
      {menu.length > 0 && (
        <ul className="about-menu">
          {menu.map((entry, index) => (
            <li key={index}>
              {entry.type === 'group' && <p className="about-menu-group">{entry.label}</p>}
              <MenuLinks links={entry.type === 'group' ? entry.links : [entry]} />
            </li>
          ))}
        </ul>
      )}
      <p className="about">
        <strong>{text.product}</strong>
        <span className="muted">
          {text.aboutText}
          <br />
          {version === '' ? text.versionUnknown : text.version(version)}
        </span>
      </p>
    </Foldout>
  );
}

function ThemeToggle(): ReactElement {
  const theme = useTheme();
  const label = theme === 'dark' ? text.useLightTheme : text.useDarkTheme;
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      title={label}
      onClick={() => {
        chooseTheme(theme === 'dark' ? 'light' : 'dark');
      }}
    >
      {theme === 'dark' ? <Sun size={17} aria-hidden /> : <Moon size={17} aria-hidden />}
    </button>
  );
}
