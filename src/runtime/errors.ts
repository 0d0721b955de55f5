/** The command was used wrongly: exit code 2. The message says what, where, and what is allowed. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * What was to end did not end in its time: the process has to, and cannot wait for what is under way,
 * such as a call to a file system that does not answer.
 */
export class GaveUpError extends Error {
  override readonly name = 'GaveUpError';
}

/**
 * The text of anything thrown, with its chain of causes, for a log line or an error answer. A cause
 * that has been said already is not said again.
 */
export function errorText(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const own = thrown.message === '' ? thrown.name : thrown.message;
  if (thrown.cause === undefined) return own;
  const cause = errorText(thrown.cause);
  return own.includes(cause) ? own : `${own}: ${cause}`;
}

/** The `code` of a Node system error (`EADDRINUSE`, …), or undefined. */
export function systemErrorCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
