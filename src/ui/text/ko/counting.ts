/** `스팬 1,234개` */
export function counted(noun: string, count: number, unit = '개'): string {
  return `${noun} ${count.toLocaleString('ko')}${unit}`;
}

/** `30분`, `1시간`, `2일`: the largest unit that divides. */
export function wholeUnits(seconds: number): string {
  const units = [
    [604_800, '주'],
    [86_400, '일'],
    [3_600, '시간'],
    [60, '분'],
  ] as const;
  const [size, name] = units.find(([unit]) => seconds % unit === 0) ?? [1, '초'];
  return `${(seconds / size).toLocaleString('ko')}${name}`;
}
