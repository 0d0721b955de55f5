/**
 * The span attribute in which a span's warnings travel: an array of strings. Jaeger v2 uses the
 * same name, so warnings survive a way through it.
 */
export const WARNINGS_ATTRIBUTE = '@jaeger@warnings';
