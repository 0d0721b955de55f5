import type { Clock } from '../../runtime/clock.ts';
import { createLeaseTable } from '../lease-table.ts';
import type { Leases } from '../leases.ts';

/** Leases that are gone with this process. */
export function createMemoryLeases(clock: Clock): Leases {
  const table = createLeaseTable(clock);
  return {
    // Async, so that what cannot be is told as a rejection.
    acquire: async (resource, holder, ttlMs) => {
      return Promise.resolve(table.acquire({ resource, holder, ttlMs }));
    },
    forfeit: (resource, holder) => Promise.resolve(table.forfeit(resource, holder)),
  };
}
