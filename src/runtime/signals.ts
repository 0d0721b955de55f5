/**
 * Resolves at the first SIGINT or SIGTERM with its name. A second one ends the process at once with
 * the code a shell expects (128 + signal number).
 */
export function firstStopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let seen = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (seen) process.kill(process.pid, 'SIGKILL');
      seen = true;
      resolve(signal);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}
