import { wording } from './en/trace.ts';
import { inLanguage } from './in-language.ts';

export const traceText = await inLanguage(wording, { ko: () => import('./ko/trace.ts') });
