import { wording } from './en/upload.ts';
import { inLanguage } from './in-language.ts';

export const uploadText = await inLanguage(wording, { ko: () => import('./ko/upload.ts') });
