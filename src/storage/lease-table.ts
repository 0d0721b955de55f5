import { Buffer } from 'node:buffer';
import type { Clock } from '../runtime/clock.ts';

/** A lease that nobody may have: its names or its time cannot be, or there are too many. */
export class LeaseError extends Error {
  override readonly name = 'LeaseError';
}

export interface Lease {
  readonly resource: string;
  readonly holder: string;
  readonly ttlMs: number;
}

/** Leases in memory. */
export interface LeaseTable {
  /** The running lease of a resource. */
  of(resource: string): Lease | undefined;
  /** False when another holder has it. @throws LeaseError */
  acquire(lease: Lease): boolean;
  forfeit(resource: string, holder: string): boolean;
  /** Those that have not ended. */
  running(): readonly Lease[];
}

const LEASES_MAX = 1000;
const NAME_BYTES_MAX = 1024;
const TTL_MS_MAX = 24 * 3_600_000;

/** @param first each lasts its whole time from `since` on, monotonic */
export function createLeaseTable(
  clock: Clock,
  first: readonly Lease[] = [],
  since = clock.monotonic(),
): LeaseTable {
  const leases = new Map<string, { readonly lease: Lease; readonly endsAt: number }>();
  const put = (lease: Lease, from: number): void => {
    leases.set(lease.resource, { lease, endsAt: from + lease.ttlMs });
  };
  const of = (resource: string): Lease | undefined => {
    const known = leases.get(resource);
    return known === undefined || clock.monotonic() >= known.endsAt ? undefined : known.lease;
  };
  const forgetEnded = (): void => {
    for (const resource of leases.keys()) {
      if (of(resource) === undefined) leases.delete(resource);
    }
  };
  for (const lease of first) put(lease, since);
  return {
    of,
    acquire: (lease) => {
      requirePossible(lease);
      const held = of(lease.resource);
      if (held !== undefined && held.holder !== lease.holder) return false;
      if (!leases.has(lease.resource) && leases.size >= LEASES_MAX) forgetEnded();
      if (!leases.has(lease.resource) && leases.size >= LEASES_MAX) {
        throw new LeaseError(`there are ${LEASES_MAX} leases already`);
      }
      put(lease, clock.monotonic());
      return true;
    },
    forfeit: (resource, holder) => {
      if (of(resource)?.holder !== holder) return false;
      return leases.delete(resource);
    },
    running: () => {
      forgetEnded();
      return [...leases.values()].map(({ lease }) => lease);
    },
  };
}

function requirePossible({ resource, holder, ttlMs }: Lease): void {
  for (const name of [resource, holder]) {
    const length = Buffer.byteLength(name);
    if (length === 0 || length > NAME_BYTES_MAX) {
      throw new LeaseError(`a name of a lease has 1 to ${NAME_BYTES_MAX} bytes, not ${length}`);
    }
  }
  if (!(ttlMs > 0 && ttlMs <= TTL_MS_MAX)) {
    throw new LeaseError(`a lease lasts 1 to ${TTL_MS_MAX} ms, not ${ttlMs}`);
  }
}
