/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const QUANTITY =
  /^([+-]?\d+(?:\.\d*)?|\.\d+)(?:([eE][+-]?\d+)|(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei))?$/;
const EXPONENTS: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9 };
const LARGE_EXPONENTS: Readonly<Record<string, number>> = { T: 12, P: 15, E: 18 };

/** The number that a Kubernetes quantity stands for; undefined when it is none. */
export function parseQuantity(value: unknown): number | undefined {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  const [, digits, exponent = '', unit = ''] = QUANTITY.exec(text) ?? [];
  if (digits === undefined) return undefined;
  if (unit.endsWith('i')) return Number(digits) * 1024 ** ' KMGTPE'.indexOf(unit.charAt(0));
  const power = EXPONENTS[unit] ?? LARGE_EXPONENTS[unit];
  // Read as one decimal number, so that 0.1 and 100m are the same one.
  return Number(`${digits}${power === undefined ? exponent : `e${power}`}`);
}
