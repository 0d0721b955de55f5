import type { Clock } from '../runtime/clock.ts';
import { errorText } from '../runtime/errors.ts';
import type { Logger } from '../runtime/logger.ts';
import { formatHostPort } from '../runtime/setting.ts';
import type { CollectorTarget } from './collector-target.ts';
import type { ResolveHost } from './resolve-host.ts';
import { createStateLog } from './state-log.ts';

export interface CollectorNamesOptions {
  readonly targets: readonly CollectorTarget[];
  readonly resolve: ResolveHost;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Addresses kept, of all that the names have. */
const ADDRESSES_MAX = 256;

/** The names of collectors, asked for their addresses again and again. */
export interface CollectorNames {
  /** Targets by the addresses they have now, or had when they could be resolved last. */
  resolve(): Promise<ReadonlyMap<string, CollectorTarget>>;
  /** Why there may be no address; '' when all names are known. */
  problem(): string;
}

export function createCollectorNames(options: CollectorNamesOptions): CollectorNames {
  const states = options.targets.map((target) => ({
    target,
    addresses: [] as readonly string[],
    problem: '',
    log: createStateLog(options, {
      bad: `collector name ${target.host} cannot be resolved`,
      good: `collector name ${target.host} is resolved again`,
    }),
  }));
  const resolveOne = async (state: (typeof states)[number]): Promise<void> => {
    try {
      state.addresses = await options.resolve(state.target.host);
      state.problem = '';
      state.log.good();
    } catch (error) {
      state.log.bad(errorText(error));
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
    problem: () => states.find(({ problem }) => problem !== '')?.problem ?? '',
  };
}
