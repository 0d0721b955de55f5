import { wording } from './en/trace-loading.ts';
import { inLanguage } from './in-language.ts';

export const traceLoadingText = await inLanguage(wording, {
  ko: () => import('./ko/trace-loading.ts'),
});
