import { currentLanguage } from './text/language.ts';

const numbers = new Intl.NumberFormat(currentLanguage());

/** `12,345` as the reader's language writes it. */
export function wholeNumber(count: number): string {
  return numbers.format(count);
}
