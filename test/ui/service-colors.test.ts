import { describe, expect, it } from 'vitest';
import { colorOfName, createServiceColors } from '../../src/ui/service-colors.ts';

const NAMES = Array.from({ length: 5000 }, (_, i) => `service-${i}`);
/** Relative luminance of the lightest ground in the light theme that bars stand on, and of the darkest in the dark. */
const GROUNDS = { light: 0.87, dark: 0.027 };
const ENOUGH_CONTRAST = 3;
const GLARE = 0.05;

/** The names that `name` shares its plain colour with, itself first. */
const namesLike = (name: string): string[] => [
  name,
  ...NAMES.filter((other) => other !== name && colorOfName(other) === colorOfName(name)),
];

describe('the colours of services', () => {
  it('come from the name alone, whatever else is there', () => {
    expect(colorOfName('cart')).toBe(colorOfName('cart'));
    expect(createServiceColors(['web', 'cart', 'redis'])('cart')).toBe(colorOfName('cart'));
    expect(createServiceColors([])('cart')).toBe(colorOfName('cart'));
  });

  it('are many, and similar names do not share them more than others', () => {
    expect(new Set(NAMES.map(colorOfName)).size).toBe(33);
    const first = NAMES.slice(0, 16).map(colorOfName);
    expect(new Set(first).size).toBeGreaterThan(10);
  });

  it('differ within a trace, by a rule that knows nothing but the names', () => {
    const same = namesLike('service-7').slice(0, 4).toSorted();
    const colors = createServiceColors(same);
    const given = same.map(colors);
    expect(new Set(given).size).toBe(4);
    expect(given[0]).toBe(colorOfName('service-7'));
    const otherOrder = createServiceColors(same.toReversed());
    expect(same.map(otherOrder)).toEqual(given);
  });

  it('leave a service its own colour when others have to give way', () => {
    const same = namesLike('service-7').slice(0, 2).toSorted();
    const second = createServiceColors(same)(same[1] ?? '');
    const owner = NAMES.find((name) => colorOfName(name) === second) ?? '';
    expect(createServiceColors([...same, owner])(owner)).toBe(second);
  });

  it('go on after the plain ones, with hues between them', () => {
    const many = NAMES.slice(0, 200);
    expect(new Set(many.map(createServiceColors(many))).size).toBe(200);
  });

  it('can be seen on light and on dark ground', () => {
    for (const name of NAMES.slice(0, 300)) {
      const [light = 0, dark = 0] = luminances(colorOfName(name));
      expect((GROUNDS.light + GLARE) / (light + GLARE)).toBeGreaterThan(ENOUGH_CONTRAST);
      expect((dark + GLARE) / (GROUNDS.dark + GLARE)).toBeGreaterThan(ENOUGH_CONTRAST);
    }
  });
});

/** Of both colours in `light-dark(oklch(…), oklch(…))`. */
function luminances(css: string): number[] {
  return [...css.matchAll(/oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)/g)].map(
    ([, lightness, chroma, hue]) => luminance(Number(lightness) / 100, Number(chroma), Number(hue)),
  );
}

/** https://bottosson.github.io/posts/oklab: linear sRGB, cut to what a screen can show. */
function luminance(lightness: number, chroma: number, hue: number): number {
  const angle = (hue * Math.PI) / 180;
  const [a, b] = [chroma * Math.cos(angle), chroma * Math.sin(angle)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const shown = (value: number): number => Math.min(1, Math.max(0, value));
  const red = shown(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
  const green = shown(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
  const blue = shown(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
