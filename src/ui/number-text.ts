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

const columnNumbers = new Intl.NumberFormat(currentLanguage(), {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});
const columnShares = new Intl.NumberFormat(currentLanguage(), {
  style: 'percent',
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});
/** What two decimals can say. */
const LEAST = 0.01;

/** `4.50`: a column of such numbers aligns on the decimal point; what two decimals would lose is `<0.01`. */
export function columnNumber(value: number): string {
  return inColumn(columnNumbers, value, LEAST);
}

/** `4.50%` of 0.045, likewise. */
export function columnShare(share: number): string {
  return inColumn(columnShares, share, LEAST / 100);
}

function inColumn(format: Intl.NumberFormat, value: number, least: number): string {
  return value > 0 && value < least ? `<${format.format(least)}` : format.format(value);
}
