import type { Clock } from '../runtime/clock.ts';
import { errorText } from '../runtime/errors.ts';
import type { ComponentHealth } from '../runtime/health.ts';
import type { Logger } from '../runtime/logger.ts';
import { createCollectorNames } from './collector-names.ts';
import type { CollectorTarget } from './collector-target.ts';
import type { ResolveHost } from './resolve-host.ts';
import { createStateLog } from './state-log.ts';
import type { StateLog } from './state-log.ts';

/** What speaks to the collector at one address. */
export interface CollectorClient {
  close(): void;
}

/** One address of a collector. */
export interface Collector<C extends CollectorClient> {
  readonly hostPort: string;
  readonly client: C;
}

export interface CollectorPool<C extends CollectorClient> {
  /** The next to send to. Rejects while no name has ever been resolved. */
  next(): Promise<Collector<C>>;
  /** It took what was sent. */
  reached(collector: Collector<C>): void;
  /** It said that it will never take what was sent; `problem` says why. It may take something else. */
  refused(collector: Collector<C>, problem: string): void;
  /** It could not be reached, or wants to be left alone for a while; `problem` says why. */
  failed(collector: Collector<C>, problem: string, retryAfterMs: number | undefined): void;
  close(): void;
}

export interface CollectorPoolOptions<C extends CollectorClient> {
  readonly targets: readonly CollectorTarget[];
  /** Collectors connected to at once, of all those that are found. */
  readonly peersMax: number;
  readonly resolve: ResolveHost;
  readonly clock: Clock;
  readonly logger: Logger;
  /**
   * Hears whether collectors take what is sent: that none can be reached, or that one refuses for good.
   * The agent serves on meanwhile: a restart would only lose what waits in its memory.
   */
  readonly health: ComponentHealth;
  /** @param uri a gRPC target of one address, `ipv4:…` or `ipv6:…` */
  readonly connect: (uri: string, target: CollectorTarget) => C;
}

/** A changed address is known after this time at the latest, when anything is sent at all. */
const RESOLVE_INTERVAL_MS = 10_000;
/** After a failure the change may have come just now. */
const RESOLVE_INTERVAL_FAILED_MS = 1000;
const REST_FIRST_MS = 200;
const REST_MAX_MS = 10_000;
/** A collector that asks for more time than this is asked again after this. */
const RETRY_AFTER_MAX_MS = 60_000;

const CONNECTING_TEXTS = {
  bad: 'collectors cannot be connected to',
  good: 'collectors can be connected to again',
};

interface Peer<C extends CollectorClient> extends Collector<C> {
  readonly log: StateLog;
  failures: number;
  /** What its last answer refused something for; '' when it did not. */
  refusal: string;
  /** Monotonic milliseconds. */
  restsUntil: number;
}

/**
 * The collectors behind some names, taken in turn. Each agent takes a few of them, in an order of
 * its own, so that agents spread; one that fails rests for a while and another takes its place.
 * Names are resolved again and again; while that fails, the addresses known last are kept.
 */
export function createCollectorPool<C extends CollectorClient>(
  options: CollectorPoolOptions<C>,
): CollectorPool<C> {
  const { clock, health } = options;
  const peers = createPeers(options);
  const names = createCollectorNames(options);
  let turn = 0;
  let resolving: Promise<void> | undefined;
  let resolvedAt = -Infinity;
  let closed = false;
  /** Why there is no client, when its address is known. */
  let problem = '';
  const connecting = createStateLog(options, CONNECTING_TEXTS);

  /** Never rejects: nobody may be waiting, and the next time comes. */
  const resolveAndTakeOver = async (): Promise<void> => {
    const found = await names.resolve();
    try {
      if (!closed) peers.takeOver(found);
      problem = '';
      connecting.good();
    } catch (error) {
      problem = `cannot connect: ${errorText(error)}`;
      connecting.bad(errorText(error));
    }
  };
  const resolveIfOlder = (ms: number): void => {
    if (resolving !== undefined || clock.monotonic() - resolvedAt < ms) return;
    resolving = resolveAndTakeOver().finally(() => {
      resolvedAt = clock.monotonic();
      resolving = undefined;
    });
  };
  const answers = createAnswers(peers, options);
  health.ok();
  return {
    next: async () => {
      resolveIfOlder(
        peers.inOrder().length === 0 ? RESOLVE_INTERVAL_FAILED_MS : RESOLVE_INTERVAL_MS,
      );
      if (peers.inOrder().length === 0) await resolving;
      const now = clock.monotonic();
      const all = peers.inOrder();
      const ready = all.filter(({ restsUntil }) => restsUntil <= now).slice(0, options.peersMax);
      const chosen = ready[turn++ % ready.length] ?? soonest(all);
      if (chosen !== undefined) return chosen;
      const problems = [names.problem(), problem, 'no address is known'];
      const why = problems.find((text) => text !== '') ?? '';
      health.impaired(`no collector is known: ${why}`);
      throw new Error(why);
    },
    ...answers,
    failed: (...failure) => {
      answers.failed(...failure);
      resolveIfOlder(RESOLVE_INTERVAL_FAILED_MS);
    },
    close: () => {
      closed = true;
      peers.takeOver(new Map());
    },
  };
}

type Answers<C extends CollectorClient> = Pick<CollectorPool<C>, 'reached' | 'refused' | 'failed'>;

/** Keeps in mind what each collector said last, and tells of it. */
function createAnswers<C extends CollectorClient>(
  peers: Peers<C>,
  { clock, health }: CollectorPoolOptions<C>,
): Answers<C> {
  const tellRefusals = (): void => {
    const refusing = peers.inOrder().find(({ refusal }) => refusal !== '');
    if (refusing === undefined) health.ok();
    else health.impaired(`${refusing.hostPort} refuses spans for good: ${refusing.refusal}`);
  };
  return {
    reached: ({ hostPort }) => {
      const peer = peers.get(hostPort);
      if (peer !== undefined) {
        peer.failures = 0;
        peer.refusal = '';
        peer.log.good();
      }
      tellRefusals();
    },
    refused: ({ hostPort }, why) => {
      const peer = peers.get(hostPort);
      if (peer === undefined) return;
      peer.failures = 0;
      peer.refusal = why;
      peer.log.bad(why);
      tellRefusals();
    },
    failed: ({ hostPort }, why, retryAfterMs) => {
      const peer = peers.get(hostPort);
      if (peer !== undefined) {
        peer.log.bad(why);
        peer.failures += 1;
        peer.restsUntil = clock.monotonic() + restMs(peer.failures, retryAfterMs);
      }
      if (peers.haveAllFailed()) health.impaired(`no collector takes spans; ${hostPort}: ${why}`);
    },
  };
}

interface Peers<C extends CollectorClient> {
  /** Connects to new addresses, leaves those that are gone. Throws what connecting throws. */
  takeOver(found: ReadonlyMap<string, CollectorTarget>): void;
  /** In the order of this agent. */
  inOrder(): readonly Peer<C>[];
  get(hostPort: string): Peer<C> | undefined;
  /** None of them has taken anything since it failed. */
  haveAllFailed(): boolean;
}

function createPeers<C extends CollectorClient>(options: CollectorPoolOptions<C>): Peers<C> {
  const peers = new Map<string, Peer<C>>();
  let order: readonly string[] = [];
  const connectTo = (hostPort: string, target: CollectorTarget): Peer<C> => ({
    hostPort,
    client: options.connect(uriOf(hostPort), target),
    log: createStateLog(options, {
      bad: `collector ${hostPort} does not take spans`,
      good: `collector ${hostPort} is back`,
    }),
    failures: 0,
    refusal: '',
    restsUntil: -Infinity,
  });
  return {
    takeOver: (found) => {
      for (const [hostPort, peer] of peers) {
        if (found.has(hostPort)) continue;
        peers.delete(hostPort);
        peer.client.close();
      }
      const kept = order.filter((hostPort) => found.has(hostPort));
      const added = [...found.keys()].filter((hostPort) => !kept.includes(hostPort));
      order = [...kept, ...shuffled(added)];
      for (const [hostPort, target] of found) {
        if (!peers.has(hostPort)) peers.set(hostPort, connectTo(hostPort, target));
      }
    },
    inOrder: () => order.flatMap((hostPort) => peers.get(hostPort) ?? []),
    get: (hostPort) => peers.get(hostPort),
    haveAllFailed: () => [...peers.values()].every(({ failures }) => failures > 0),
  };
}

function uriOf(hostPort: string): string {
  return hostPort.startsWith('[') ? `ipv6:${hostPort}` : `ipv4:${hostPort}`;
}

/** As the collector asks, else doubling, with up to half of it by chance. */
function restMs(failures: number, retryAfterMs: number | undefined): number {
  if (retryAfterMs !== undefined) return Math.min(retryAfterMs, RETRY_AFTER_MAX_MS);
  return Math.min(REST_FIRST_MS * 2 ** (failures - 1), REST_MAX_MS) * (0.5 + Math.random() / 2);
}

function soonest<C extends CollectorClient>(peers: readonly Peer<C>[]): Peer<C> | undefined {
  return peers.toSorted((a, b) => a.restsUntil - b.restsUntil)[0];
}

function shuffled<T>(items: readonly T[]): readonly T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
