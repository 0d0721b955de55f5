export function plural(count: number, noun: string, ending = 's'): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : ending}`;
}

/** `30 minutes`, `hour`, `2 days`: the largest unit that divides, a single one without its number. */
export function wholeUnits(seconds: number): string {
  const units = [
    [604_800, 'week'],
    [86_400, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
  ] as const;
  const [size, name] = units.find(([unit]) => seconds % unit === 0) ?? [1, 'second'];
  return seconds === size ? name : plural(seconds / size, name);
}
