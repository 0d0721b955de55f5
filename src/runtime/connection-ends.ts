import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';

/** Why a connection was ended that its client would have kept. */
export type ConnectionEnd =
  /** As many are open as may be. */
  | 'too_many'
  /** Of a protocol that was not kept, or kept in a way that only costs. */
  | 'abuse'
  | 'malformed'
  /** A request that took too long to arrive. */
  | 'slow'
  /** Nothing was heard, not even an answer to a ping. */
  | 'silent';

const NAME = 'jaeger_connections_ended_total';

/** Counts the connections that the named server has ended; counts nothing without a registry. */
export function connectionEndCounter(
  metrics: Registry | undefined,
  server: string,
): (reason: ConnectionEnd) => void {
  if (metrics === undefined) return () => undefined;
  const known = metrics.getSingleMetric(NAME);
  const counter =
    known instanceof Counter
      ? known
      : new Counter({
          name: NAME,
          help: 'Connections that a server has ended, by why.',
          labelNames: ['server', 'reason'],
          registers: [metrics],
        });
  return (reason) => {
    counter.inc({ server, reason });
  };
}
