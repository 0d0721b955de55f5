import { wording } from './en/architecture.ts';
import { inLanguage } from './in-language.ts';

export const architectureText = await inLanguage(wording, {
  ko: () => import('./ko/architecture.ts'),
});
