/** What a figure must not exceed, and what it should not; the other way round where more is better. */
export interface Bounds {
  readonly gate: number;
  readonly aim: number;
  readonly isMoreBetter?: boolean;
}

const FIGURE_WIDTH = 6;
const BOUND_WIDTH = 5;

/** A figure, beside its bounds and whether it keeps them. */
export function judged(value: number, bounds: Bounds | undefined, digits = 0): string {
  const figure = value.toFixed(digits).padStart(FIGURE_WIDTH);
  if (bounds === undefined) return figure;
  const { aim, gate } = bounds;
  const [aimText, gateText] = [aim, gate].map((bound) => String(bound).padStart(BOUND_WIDTH));
  return `${figure}   gate ${gateText}   aim ${aimText}   ${verdictOf(value, bounds)}`;
}

function verdictOf(value: number, { aim, gate, isMoreBetter = false }: Bounds): string {
  const isKept = (bound: number): boolean => (isMoreBetter ? value >= bound : value <= bound);
  return isKept(aim) ? 'aim met' : isKept(gate) ? 'gate met' : 'MISSED';
}
