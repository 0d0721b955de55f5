import { wording } from './en/trace-statistics.ts';
import { inLanguage } from './in-language.ts';

export const statisticsText = await inLanguage(wording, {
  ko: () => import('./ko/trace-statistics.ts'),
});
