import { wording } from './en/conditions.ts';
import { inLanguage } from './in-language.ts';

export const conditionsText = await inLanguage(wording, { ko: () => import('./ko/conditions.ts') });
