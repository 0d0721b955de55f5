import { wording } from './en/trace-logs.ts';
import { inLanguage } from './in-language.ts';

export const logsText = await inLanguage(wording, { ko: () => import('./ko/trace-logs.ts') });
