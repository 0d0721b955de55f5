import { wording } from './en/monitor.ts';
import { inLanguage } from './in-language.ts';

export const monitorText = await inLanguage(wording, { ko: () => import('./ko/monitor.ts') });
