import { wording } from './en/trace-graph.ts';
import { inLanguage } from './in-language.ts';

export const traceGraphText = await inLanguage(wording, {
  ko: () => import('./ko/trace-graph.ts'),
});
