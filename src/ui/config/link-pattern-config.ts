import { type LinkPattern, type LinkPlace, parseLinkTemplate } from '../../model/link-patterns.ts';
import type { ConfigReader } from './config-reader.ts';

/** Both of Jaeger's words for each place. */
const PLACES: ReadonlyMap<string, LinkPlace> = new Map([
  ['tags', 'tags'],
  ['attributes', 'tags'],
  ['process', 'process'],
  ['resource', 'process'],
  ['logs', 'logs'],
  ['events', 'logs'],
  ['traces', 'traces'],
] as const);

/** Nothing for a pattern that cannot be used; it may stand for several places. */
export function readLinkPattern(pattern: ConfigReader): readonly LinkPattern[] {
  const url = pattern.text('url');
  const template = url === undefined ? undefined : parseLinkTemplate(url);
  const words = parseLinkTemplate(pattern.text('text') ?? url ?? '');
  const places = readPlaces(pattern);
  if (places === undefined) return [];
  if (template === undefined || words === undefined) {
    pattern.refuse('url', 'a template whose variables have known formatters');
    return [];
  }
  const fitsKey = pattern.test('key');
  const fitsValue = pattern.test('value');
  // A condition that cannot be read must not become a pattern for everything.
  if ((pattern.has('key') && !fitsKey) || (pattern.has('value') && !fitsValue)) return [];
  return places.map((place) => ({ place, fitsKey, fitsValue, url: template, text: words }));
}

/** A pattern without a type is for all places but whole traces, said as undefined. */
function readPlaces(pattern: ConfigReader): readonly (LinkPlace | undefined)[] | undefined {
  if (!pattern.has('type')) return [undefined];
  const fits = pattern.test('type');
  const places = [...PLACES].flatMap(([name, place]) => (fits?.(name) ? [place] : []));
  if (places.length > 0) return [...new Set(places)];
  pattern.refuse('type', `one of ${[...PLACES.keys()].join(', ')}`);
  return undefined;
}
