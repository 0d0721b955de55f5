import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Clock } from '../runtime/clock.ts';
import type { ClientDrops, ClientReport, OnClientReport } from '../wire/jaeger/client-stats.ts';

/**
 * What Jaeger's clients say they sent and lost, under the names jaeger-agent has. Where batches sent
 * grow faster than batches received, the rest was lost on its way. Only clients that have a name (the process tag `client-uuid`)
 * and number their batches are in it.
 */
export interface JaegerClientStats {
  readonly record: OnClientReport;
}

/** As in jaeger-agent. */
const EXPIRY_MS = 3_600_000;
/** Clients that are remembered at once; Jaeger has no bound. */
const CLIENTS_MAX = 10_000;
const PREFIX = 'jaeger_agent_client_stats';
/** Values of the label `cause`. */
const CAUSES = {
  fullQueue: 'full-queue',
  tooLarge: 'too-large',
  failedToEmit: 'send-failure',
} as const satisfies Record<keyof ClientDrops, string>;
const KINDS = ['fullQueue', 'tooLarge', 'failedToEmit'] as const;

interface Client {
  seqNo: number;
  drops: ClientDrops;
  heardAtMs: number;
}

/** One for all receivers of a process. */
export function createJaegerClientStats(metrics: Registry, clock: Clock): JaegerClientStats {
  /** The one heard of longest ago is first. */
  const clients = new Map<string, Client>();
  const expire = (): void => {
    const heardAfterMs = clock.monotonic() - EXPIRY_MS;
    for (const [uuid, { heardAtMs }] of clients) {
      if (heardAtMs > heardAfterMs) return;
      clients.delete(uuid);
    }
  };
  const counters = createCounters(metrics, () => {
    expire();
    return clients.size;
  });
  return {
    record: ({ clientUuid, seqNo, drops }) => {
      counters.received.inc();
      expire();
      const known = clients.get(clientUuid);
      clients.delete(clientUuid);
      const heardAtMs = clock.monotonic();
      if (known !== undefined) {
        clients.set(clientUuid, known);
        known.heardAtMs = heardAtMs;
        bookProgress(counters, known, { seqNo, drops });
        return;
      }
      if (clients.size >= CLIENTS_MAX) {
        forgetFirst(clients);
        counters.forgotten.inc();
      }
      clients.set(clientUuid, { seqNo, drops: drops ?? NO_DROPS, heardAtMs });
    },
  };
}

const NO_DROPS: ClientDrops = { fullQueue: 0, tooLarge: 0, failedToEmit: 0 };

function forgetFirst(clients: Map<string, Client>): void {
  const first = clients.keys().next();
  if (first.done !== true) clients.delete(first.value);
}

/**
 * The first batch of a client is where counting starts: it may have run for long. A batch that comes
 * late adds nothing, since its numbers are in those of a later one.
 */
function bookProgress(
  counters: Counters,
  client: Client,
  { seqNo, drops }: Pick<ClientReport, 'seqNo' | 'drops'>,
): void {
  if (seqNo <= client.seqNo) return;
  counters.sent.inc(seqNo - client.seqNo);
  client.seqNo = seqNo;
  if (drops === undefined) return;
  for (const kind of KINDS) {
    const more = drops[kind] - client.drops[kind];
    if (more > 0) counters.dropped.inc({ cause: CAUSES[kind] }, more);
  }
  client.drops = drops;
}

interface Counters {
  readonly received: Counter;
  readonly sent: Counter;
  readonly forgotten: Counter;
  readonly dropped: Counter<'cause'>;
}

function createCounters(metrics: Registry, connected: () => number): Counters {
  const registers = [metrics];
  new Gauge({
    name: `${PREFIX}_connected_clients`,
    help: 'Clients that were heard of within the hour.',
    registers,
    collect() {
      this.set(connected());
    },
  });
  const dropped = new Counter({
    name: `${PREFIX}_spans_dropped_total`,
    help: 'Spans that clients say they lost, by cause.',
    labelNames: ['cause'],
    registers,
  });
  for (const kind of KINDS) dropped.inc({ cause: CAUSES[kind] }, 0);
  return {
    dropped,
    received: new Counter({
      name: `${PREFIX}_batches_received_total`,
      help: 'Batches that came from clients that number them.',
      registers,
    }),
    sent: new Counter({
      name: `${PREFIX}_batches_sent_total`,
      help: 'Batches that those clients say they sent; what is missing of them was lost on its way.',
      registers,
    }),
    forgotten: new Counter({
      name: `${PREFIX}_clients_forgotten_total`,
      help: `Clients forgotten before their time, because ${CLIENTS_MAX} others were heard of since.`,
      registers,
    }),
  };
}
