import { wording } from './en/ddg.ts';
import { inLanguage } from './in-language.ts';

export const ddgText = await inLanguage(wording, { ko: () => import('./ko/ddg.ts') });
