import type { Clock } from '../runtime/clock.ts';
import { errorText } from '../runtime/errors.ts';
import { formatHostPort } from '../runtime/setting.ts';
import type { CollectorTarget } from './collector-target.ts';
import type { ResolveHost } from './resolve-host.ts';

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
  /** It took what was sent, or said for good that it will not. */
  reached(collector: Collector<C>): void;
  /** It could not be reached, or wants to be left alone for a while. */
  failed(collector: Collector<C>, retryAfterMs: number | undefined): void;
  close(): void;
}

export interface CollectorPoolOptions<C extends CollectorClient> {
  readonly targets: readonly CollectorTarget[];
  /** Collectors connected to at once, of all those that are found. */
  readonly peersMax: number;
  readonly resolve: ResolveHost;
  readonly clock: Clock;
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
/** Addresses kept, of all that the names have. */
const ADDRESSES_MAX = 256;

interface Peer<C extends CollectorClient> extends Collector<C> {
  failures: number;
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
  const { clock } = options;
  const peers = new Map<string, Peer<C>>();
  const names = createNames(options);
  /** Addresses in the order of this agent. */
  let order: readonly string[] = [];
  let turn = 0;
  let resolving: Promise<void> | undefined;
  let resolvedAt = -Infinity;
  let closed = false;

  const takeOver = (found: ReadonlyMap<string, CollectorTarget>): void => {
    for (const [hostPort, peer] of peers) {
      if (found.has(hostPort)) continue;
      peers.delete(hostPort);
      peer.client.close();
    }
    const kept = order.filter((hostPort) => found.has(hostPort));
    const added = [...found.keys()].filter((hostPort) => !kept.includes(hostPort));
    order = [...kept, ...shuffled(added)];
    for (const [hostPort, target] of found) {
      if (peers.has(hostPort)) continue;
      const client = options.connect(uriOf(hostPort), target);
      peers.set(hostPort, { hostPort, client, failures: 0, restsUntil: -Infinity });
    }
  };
  const resolveIfOlder = (ms: number): void => {
    if (resolving !== undefined || clock.monotonic() - resolvedAt < ms) return;
    resolving = names.resolve().then((found) => {
      resolvedAt = clock.monotonic();
      resolving = undefined;
      if (!closed) takeOver(found);
    });
  };
  const update = ({ hostPort }: Collector<C>, change: (peer: Peer<C>) => void): void => {
    const peer = peers.get(hostPort);
    if (peer !== undefined) change(peer);
  };
  return {
    next: async () => {
      resolveIfOlder(peers.size === 0 ? RESOLVE_INTERVAL_FAILED_MS : RESOLVE_INTERVAL_MS);
      if (peers.size === 0) await resolving;
      const now = clock.monotonic();
      const all = order.flatMap((hostPort) => peers.get(hostPort) ?? []);
      const ready = all.filter(({ restsUntil }) => restsUntil <= now).slice(0, options.peersMax);
      const chosen = ready[turn++ % ready.length] ?? soonest(all);
      if (chosen === undefined) throw new Error(names.problem());
      return chosen;
    },
    reached: (collector) => {
      update(collector, (peer) => {
        peer.failures = 0;
      });
    },
    failed: (collector, retryAfterMs) => {
      update(collector, (peer) => {
        peer.failures += 1;
        peer.restsUntil = clock.monotonic() + restMs(peer.failures, retryAfterMs);
      });
      resolveIfOlder(RESOLVE_INTERVAL_FAILED_MS);
    },
    close: () => {
      closed = true;
      for (const { client } of peers.values()) client.close();
      peers.clear();
    },
  };
}

interface Names {
  /** Targets by the addresses they have now, or had when they could be resolved last. */
  resolve(): Promise<ReadonlyMap<string, CollectorTarget>>;
  /** Why there may be no address. */
  problem(): string;
}

function createNames<C extends CollectorClient>(options: CollectorPoolOptions<C>): Names {
  const states = options.targets.map((target) => ({
    target,
    addresses: [] as readonly string[],
    problem: '',
  }));
  const resolveOne = async (state: (typeof states)[number]): Promise<void> => {
    try {
      state.addresses = await options.resolve(state.target.host);
      state.problem = '';
    } catch (error) {
      state.problem = `${state.target.host} cannot be resolved: ${errorText(error)}`;
    }
  };
  return {
    resolve: async () => {
      await Promise.all(states.map(resolveOne));
      const found = states.flatMap(({ target, addresses }) =>
        addresses.map((host): [string, CollectorTarget] => [
          formatHostPort({ host, port: target.port }),
          target,
        ]),
      );
      return new Map(found.slice(0, ADDRESSES_MAX));
    },
    problem: () => states.find(({ problem }) => problem !== '')?.problem ?? 'no address is known',
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
