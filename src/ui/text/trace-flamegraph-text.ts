import { wording } from './en/trace-flamegraph.ts';
import { inLanguage } from './in-language.ts';

export const flamegraphText = await inLanguage(wording, {
  ko: () => import('./ko/trace-flamegraph.ts'),
});
