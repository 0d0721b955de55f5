/** What is wrong, and where: `spec.agent.hostNetwork`. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** As `kubectl apply`, a status condition and `jaegerctl plan` show it. */
export function problemText({ path, message }: Problem): string {
  return `${path}: ${message}`;
}
