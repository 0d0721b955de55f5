/** Whether `expected` stands at `start`. */
export function equalBytes(source: Uint8Array, start: number, expected: Uint8Array): boolean {
  for (let index = 0; index < expected.length; index++) {
    if (source[start + index] !== expected[index]) return false;
  }
  return true;
}
