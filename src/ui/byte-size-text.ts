import { currentLanguage } from './text/language.ts';

const UNITS = ['byte', 'kilobyte', 'megabyte'] as const;

/** `1.2 MB`: how large a text is in UTF-8. */
export function byteSizeText(text: string): string {
  const bytes = new TextEncoder().encode(text).length;
  const power = bytes < 1e3 ? 0 : bytes < 1e6 ? 1 : 2;
  const format = { style: 'unit', unit: UNITS[power], maximumSignificantDigits: 2 } as const;
  return new Intl.NumberFormat(currentLanguage(), format).format(bytes / 1e3 ** power);
}
