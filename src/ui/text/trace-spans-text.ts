import { wording } from './en/trace-spans.ts';
import { inLanguage } from './in-language.ts';

export const spansText = await inLanguage(wording, { ko: () => import('./ko/trace-spans.ts') });
