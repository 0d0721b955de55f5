import { wording } from './en/start.ts';
import { inLanguage } from './in-language.ts';

export const startText = await inLanguage(wording, { ko: () => import('./ko/start.ts') });
