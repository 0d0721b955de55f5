const TIMEOUT = /^(\d{1,8})([HMSmun])$/;
const UNIT_MS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};
/** The longest a Node timer can wait. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Milliseconds of a `grpc-timeout` header, rounded up; undefined when it is none. */
export function parseGrpcTimeout(header: string): number | undefined {
  const [, digits, unit = ''] = TIMEOUT.exec(header) ?? [];
  const unitMs = UNIT_MS[unit];
  if (digits === undefined || unitMs === undefined) return undefined;
  return Math.min(Math.ceil(Number(digits) * unitMs), TIMER_MS_MAX);
}
