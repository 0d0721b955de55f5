import { wording } from './en/graph.ts';
import { inLanguage } from './in-language.ts';

export const graphText = await inLanguage(wording, { ko: () => import('./ko/graph.ts') });
