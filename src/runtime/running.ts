import type { Registry } from 'prom-client';
import type { Clock } from './clock.ts';
import type { HealthRegistry } from './health.ts';
import type { Logger } from './logger.ts';

/** A started role or part of one. */
export interface Running {
  readonly addresses: readonly Address[];
  /** Rejects when it can no longer do its job; its process should then end. Absent: that cannot be. */
  readonly failed?: Promise<never>;
  /** Takes no new work, finishes what was accepted, releases everything. A second call waits too. */
  stop(): Promise<void>;
}

export interface Address {
  /** What speaks there: `otlp grpc`, `ui`, `admin`. */
  readonly name: string;
  readonly transport: 'tcp' | 'udp';
  readonly host: string;
  readonly port: number;
}

/** What every role is given by the process that runs it. */
export interface RoleDeps {
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly health: HealthRegistry;
  readonly clock: Clock;
  /** Fills the empty host of a listening address; see `withHost`. */
  readonly listenHost: string;
}

/**
 * Starts parts one after the other; when one fails, stops the started ones in reverse order and
 * rejects with its error. `stop` of the result stops in reverse order too, so name what others
 * need first. Every part is stopped even when one fails to; the first failure is then thrown.
 */
export async function startInOrder(starts: readonly (() => Promise<Running>)[]): Promise<Running> {
  const started: Running[] = [];
  try {
    for (const start of starts) started.push(await start());
  } catch (error) {
    await stopInReverse(started);
    throw error;
  }
  return composeRunning(started);
}

/** Several running parts as one, in the order they were started. */
export function composeRunning(parts: readonly Running[]): Running {
  let stopping: Promise<void> | undefined;
  const failing = parts.flatMap(({ failed }) => failed ?? []);
  return {
    addresses: parts.flatMap((part) => part.addresses),
    ...(failing.length === 0 ? {} : { failed: Promise.race(failing) }),
    stop: () => (stopping ??= stopInReverse(parts)),
  };
}

async function stopInReverse(parts: readonly Running[]): Promise<void> {
  const failures: unknown[] = [];
  for (const part of parts.toReversed()) {
    try {
      await part.stop();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
