import { currentLanguage } from './text/language.ts';

const numbers = new Intl.NumberFormat(currentLanguage());

/** `12,345` as the reader's language writes it. */
export function wholeNumber(count: number): string {
  return numbers.format(count);
}

const shortNumbers = new Intl.NumberFormat(currentLanguage(), {
  notation: 'compact',
  maximumSignificantDigits: 3,
});

/** `12.3K`, for places with little room; the whole number belongs beside it. */
export function shortNumber(count: number): string {
  return shortNumbers.format(count);
}
