/** How good a share of what passes is, for its colour. */
export type Grade = 'good' | 'fair' | 'poor';

const GOOD_FROM = 0.9;
const FAIR_FROM = 0.7;

export function gradeOf(share: number): Grade {
  if (share >= GOOD_FROM) return 'good';
  return share >= FAIR_FROM ? 'fair' : 'poor';
}
