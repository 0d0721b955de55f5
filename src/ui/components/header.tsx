import './header.css';
import { Moon, Search, Sun } from 'lucide-react';
import { type ReactElement, type SubmitEvent, useState } from 'react';
import { followLink, goTo, traceHref } from '../routing.ts';
import { text } from '../text.ts';
import { chooseTheme, useTheme } from '../theme.ts';

/** On every page: the way to search, to a trace by its id, and to the other theme. */
export function Header({ current }: { current: string }): ReactElement {
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
        <a
          className="header-link"
          href="search"
          aria-current={current === 'search' ? 'page' : undefined}
          onClick={followLink}
        >
          {text.searchTitle}
        </a>
      </nav>
      <div className="header-tools">
        <TraceLookup />
        <ThemeToggle />
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
