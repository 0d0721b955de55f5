import { wording } from './en/common.ts';
import { inLanguage } from './in-language.ts';

export const text = await inLanguage(wording, { ko: () => import('./ko/common.ts') });
