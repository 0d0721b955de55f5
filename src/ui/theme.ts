import { useSyncExternalStore } from 'react';
import { browserStore } from './browser-store.ts';

export type Theme = 'light' | 'dark';

/** Jaeger's name, so that a choice made there holds here. stored-theme.js reads it before the first paint. */
export const THEME_KEY = 'jaeger-ui-theme';
const DARK_OS = '(prefers-color-scheme: dark)';
const CHOSEN_EVENT = 'jaeger-ui-theme-chosen';

/** Follows the OS until a choice is made, then the choice. */
export function useTheme(): Theme {
  return useSyncExternalStore(onThemeChange, currentTheme);
}

export function chooseTheme(theme: Theme): void {
  browserStore().setItem(THEME_KEY, theme);
  imposeTheme(theme);
}

/** Without a word to the next visit. Undefined leaves everything as it is. */
export function imposeTheme(theme: Theme | undefined): void {
  if (theme === undefined) return;
  document.documentElement.dataset['theme'] = theme;
  dispatchEvent(new Event(CHOSEN_EVENT));
}

function currentTheme(): Theme {
  const chosen = document.documentElement.dataset['theme'];
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return matchMedia(DARK_OS).matches ? 'dark' : 'light';
}

function onThemeChange(notify: () => void): () => void {
  const media = matchMedia(DARK_OS);
  media.addEventListener('change', notify);
  addEventListener(CHOSEN_EVENT, notify);
  return () => {
    media.removeEventListener('change', notify);
    removeEventListener(CHOSEN_EVENT, notify);
  };
}
