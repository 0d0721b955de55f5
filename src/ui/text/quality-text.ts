import { wording } from './en/quality.ts';
import { inLanguage } from './in-language.ts';

export const qualityText = await inLanguage(wording, { ko: () => import('./ko/quality.ts') });
