import { browserStore } from '../browser-store.ts';

/** In their own words, as a chooser shows them. The first is also for whoever reads none of them. */
export const LANGUAGES = { en: 'English', ko: '한국어' } as const;

export type Language = keyof typeof LANGUAGES;

const LANGUAGE_KEY = 'jaeger-ui-language';

/** The one that was chosen here, else the first of the browser's that we have. */
export function currentLanguage(): Language {
  const wanted = [browserStore().getItem(LANGUAGE_KEY) ?? '', ...navigator.languages];
  return wanted.map((tag) => tag.split('-')[0] ?? '').find(isLanguage) ?? 'en';
}

/** Wording is read once, when the page starts: another language starts it again. */
export function chooseLanguage(language: Language): void {
  browserStore().setItem(LANGUAGE_KEY, language);
  location.reload();
}

function isLanguage(tag: string): tag is Language {
  return Object.hasOwn(LANGUAGES, tag);
}
