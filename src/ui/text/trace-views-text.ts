import { wording } from './en/trace-views.ts';
import { inLanguage } from './in-language.ts';

export const viewsText = await inLanguage(wording, { ko: () => import('./ko/trace-views.ts') });
