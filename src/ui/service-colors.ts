import { createContext, useContext } from 'react';

/** Gives each service its colour, as a CSS value. */
export type ServiceColor = (serviceName: string) => string;

/**
 * Around the wheel, without the red that means error. Fewer between orange and green, where all that
 * is dark looks brown.
 */
const HUES = [45, 85, 130, 157, 185, 215, 243, 270, 295, 320, 345] as const;
/** Between two hues. */
const HUE_STEP = 25;
/** Neighbours by hue seldom, and then not by lightness: has no divisor in common with the number of hues. */
const HUE_LEAP = 4;
const CHROMA = 0.12;
/** Lightness in percent on light and on dark ground: each has a contrast of at least 3 with it. */
const TONES = [
  { onLight: 53, onDark: 66 },
  { onLight: 45, onDark: 75 },
  { onLight: 61, onDark: 84 },
] as const;
const PLAIN_COLORS = HUES.length * TONES.length;
/** Beyond the plain colours come those between their hues, at the places that are least taken. */
const GOLDEN_SHARE = 0.618;
/** No eye tells more apart: further names share theirs with another. */
const MAX_COLORS = 8 * PLAIN_COLORS;

/** Of the name alone: the same in every browser and on every page. */
export const colorOfName: ServiceColor = (serviceName) => colorAt(placeOf(serviceName));

/**
 * For what is seen together, such as a trace: services whose names have the same colour are told
 * apart. The first by name keeps it, others get the next free one, first of the same hue. It depends
 * on nothing but the names.
 */
export function createServiceColors(serviceNames: Iterable<string>): ServiceColor {
  const places = new Map<string, number>();
  const taken = new Set<number>();
  const homeless: string[] = [];
  for (const name of [...new Set(serviceNames)].toSorted()) {
    const place = placeOf(name);
    if (taken.has(place)) homeless.push(name);
    else places.set(name, place);
    taken.add(place);
  }
  for (const name of homeless) {
    const place = freePlace(placeOf(name), taken);
    places.set(name, place);
    taken.add(place);
  }
  return (name) => colorAt(places.get(name) ?? placeOf(name));
}

export const ServiceColorContext = createContext<ServiceColor>(colorOfName);

export function useServiceColor(): ServiceColor {
  return useContext(ServiceColorContext);
}

/** Places below `PLAIN_COLORS`: tone by tone, hue by hue. */
function placeOf(serviceName: string): number {
  return hash(serviceName) % PLAIN_COLORS;
}

function freePlace(wanted: number, taken: ReadonlySet<number>): number {
  const hue = wanted % HUES.length;
  const tone = Math.floor(wanted / HUES.length);
  for (let step = 1; step < MAX_COLORS; step++) {
    const leap = Math.floor(step / TONES.length) * HUE_LEAP;
    const round = Math.floor(step / PLAIN_COLORS) * PLAIN_COLORS;
    const place =
      round + ((tone + step) % TONES.length) * HUES.length + ((hue + leap) % HUES.length);
    if (!taken.has(place)) return place;
  }
  return wanted;
}

function colorAt(place: number): string {
  const round = Math.floor(place / PLAIN_COLORS);
  const between = (round * GOLDEN_SHARE) % 1;
  const hue = (HUES[place % HUES.length] ?? 0) + between * HUE_STEP;
  const tone = TONES[Math.floor(place / HUES.length) % TONES.length] ?? TONES[0];
  const color = (lightness: number): string => `oklch(${lightness}% ${CHROMA} ${hue.toFixed(1)})`;
  return `light-dark(${color(tone.onLight)}, ${color(tone.onDark)})`;
}

/** FNV-1a, 32 bits; mixed once more, for its last bits hardly differ between similar names. */
function hash(name: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) {
    value = Math.imul(value ^ name.charCodeAt(i), 0x01000193) >>> 0;
  }
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d) >>> 0;
  return (value ^ (value >>> 13)) >>> 0;
}
