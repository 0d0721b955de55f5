/**
 * Resolves at the first SIGINT or SIGTERM with its name, or with SIGTERM when the process that
 * started this one over an IPC channel is gone. A second signal calls `atOnce`, then ends the
 * process as that signal does when nobody listens for it, so that a shell sees what ended it.
 */
export function firstStopSignal(atOnce: () => void = () => undefined): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let seen = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (seen) {
        atOnce();
        endBySignal(signal);
      }
      seen = true;
      resolve(signal);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
    process.once('disconnect', () => {
      onSignal('SIGTERM');
    });
    // The listener alone would keep a process that has finished from ending.
    process.channel?.unref();
  });
}

/**
 * Ends this process as the signal does when nobody listens for it. `process.exit` would wait for
 * calls to the file system that are under way, and so for ever for one that hangs.
 */
export function endBySignal(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
