declare global {
  interface JSON {
    /** What JSON.stringify writes as it is. https://tc39.es/proposal-json-parse-with-source/ */
    rawJSON(text: string): object;
  }
}

/** Of a double in JSON, with the sign of zero; NaN and the infinities are text: JSON has no word for them. */
export function doubleText(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  return Object.is(value, -0) ? '-0' : String(value);
}

/** Of an integer in JSON: those that JavaScript clients would round are text. */
export function integerText(value: bigint): string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? String(number) : `"${value}"`;
}

/** A double for JSON.stringify, which by itself writes 0 for -0. */
export function doubleJson(value: number): number | string | object {
  if (!Number.isFinite(value)) return String(value);
  return Object.is(value, -0) ? JSON.rawJSON('-0') : value;
}
