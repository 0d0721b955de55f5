import { currentLanguage, type Language } from './language.ts';

/** The same entries as the English ones, in other words. */
export type Wording<English> = {
  readonly [Key in keyof English]: English[Key] extends string
    ? string
    : English[Key] extends (...values: infer Values) => string
      ? (...values: Values) => string
      : Wording<English[Key]>;
};

type Translation<English> = () => Promise<{ readonly wording: Wording<English> }>;

/**
 * The wording in the reader's language. English is at hand, a translation is a file of its own that
 * only its readers load.
 */
export async function inLanguage<English>(
  english: English,
  translations: Readonly<Record<Exclude<Language, 'en'>, Translation<English>>>,
): Promise<English | Wording<English>> {
  const language = currentLanguage();
  return language === 'en' ? english : (await translations[language]()).wording;
}
