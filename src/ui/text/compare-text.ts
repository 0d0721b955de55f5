import { wording } from './en/compare.ts';
import { inLanguage } from './in-language.ts';

export const compareText = await inLanguage(wording, { ko: () => import('./ko/compare.ts') });
