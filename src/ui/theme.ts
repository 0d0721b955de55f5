import { useSyncExternalStore } from 'react';
import { browserStore } from './browser-store.ts';

export type Theme = 'light' | 'dark';

/** `system` follows the OS. */
export const THEME_CHOICES = ['light', 'dark', 'system'] as const;

export type ThemeChoice = (typeof THEME_CHOICES)[number];

/** Jaeger's name, so that a choice made there holds here. start.js reads it before the first paint. */
export const THEME_KEY = 'jaeger-ui-theme';
const DARK_OS = '(prefers-color-scheme: dark)';
const CHOSEN_EVENT = 'jaeger-ui-theme-chosen';

/** What is drawn now. */
export function useTheme(): Theme {
  return useSyncExternalStore(onThemeChange, currentTheme);
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(onThemeChange, currentChoice);
}

export function chooseTheme(choice: ThemeChoice): void {
  if (choice === 'system') browserStore().removeItem(THEME_KEY);
  else browserStore().setItem(THEME_KEY, choice);
  imposeTheme(choice);
}

/** Without a word to the next visit. Undefined leaves everything as it is. */
export function imposeTheme(choice: ThemeChoice | undefined): void {
  if (choice === undefined) return;
  if (choice === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = choice;
  dispatchEvent(new Event(CHOSEN_EVENT));
}

function currentChoice(): ThemeChoice {
  const chosen = document.documentElement.dataset['theme'];
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
}

function currentTheme(): Theme {
  const choice = currentChoice();
  if (choice !== 'system') return choice;
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
