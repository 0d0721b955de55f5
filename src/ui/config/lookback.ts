const UNIT_SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3_600,
  d: 86_400,
  w: 604_800,
};

/** Seconds of `90s`, `30m`, `2h`, `3d` or `1w`; undefined for any other text. */
export function lookbackSeconds(lookback: string): number | undefined {
  const [, count = '', unit = ''] = /^([1-9]\d{0,5})([smhdw])$/.exec(lookback) ?? [];
  const seconds = UNIT_SECONDS[unit];
  return seconds === undefined ? undefined : Number(count) * seconds;
}
