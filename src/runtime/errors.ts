/** The command was used wrongly: exit code 2. The message says what, where, and what is allowed. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The text of anything thrown, with its chain of causes, for a log line or an error answer. */
export function errorText(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const own = thrown.message === '' ? thrown.name : thrown.message;
  return thrown.cause === undefined ? own : `${own}: ${errorText(thrown.cause)}`;
}

/** The `code` of a Node system error (`EADDRINUSE`, …), or undefined. */
export function systemErrorCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
