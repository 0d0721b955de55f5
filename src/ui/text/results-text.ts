import { wording } from './en/results.ts';
import { inLanguage } from './in-language.ts';

export const resultsText = await inLanguage(wording, { ko: () => import('./ko/results.ts') });
