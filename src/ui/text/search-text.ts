import { wording } from './en/search.ts';
import { inLanguage } from './in-language.ts';

export const searchText = await inLanguage(wording, { ko: () => import('./ko/search.ts') });
