import { join } from 'node:path';
import type { Clock } from '../../runtime/clock.ts';
import { jsonObjects } from '../../runtime/json-object.ts';
import type { JsonObject } from '../../runtime/json-object.ts';
import type { Logger } from '../../runtime/logger.ts';
import { createLeaseTable } from '../lease-table.ts';
import type { Lease, LeaseTable } from '../lease-table.ts';
import type { Leases } from '../leases.ts';
import { createOneAtATime } from './one-at-a-time.ts';
import { createStateFile } from './state-file.ts';

export interface EmbeddedLeasesOptions {
  /** Of the whole storage. */
  readonly folder: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Leases in a file, which is read when somebody first asks. Their ends are not in it: after a restart
 * each lasts its whole time again, since nobody knows how long the restart took. So renewing one
 * writes nothing.
 */
export function createEmbeddedLeases({ folder, clock, logger }: EmbeddedLeasesOptions): Leases {
  const file = createStateFile(join(folder, 'leases.json'), logger);
  const oneAtATime = createOneAtATime();
  const openedAt = clock.monotonic();
  let table: LeaseTable | undefined;
  const opened = async (): Promise<LeaseTable> =>
    (table ??= createLeaseTable(clock, leasesOf(await file.read()), openedAt));
  return {
    acquire: (resource, holder, ttlMs) =>
      oneAtATime(async () => {
        const leases = await opened();
        const before = leases.of(resource);
        if (!leases.acquire({ resource, holder, ttlMs })) return false;
        if (before?.ttlMs === ttlMs) return true;
        try {
          await file.write({ leases: leases.running() });
        } catch (error) {
          if (before === undefined) leases.forfeit(resource, holder);
          throw error;
        }
        return true;
      }),
    forfeit: (resource, holder) =>
      oneAtATime(async () => {
        const leases = await opened();
        if (!leases.forfeit(resource, holder)) return false;
        await file.write({ leases: leases.running() });
        return true;
      }),
  };
}

function leasesOf(state: JsonObject | undefined): readonly Lease[] {
  return jsonObjects(state?.['leases']).flatMap(({ resource, holder, ttlMs }) =>
    typeof resource === 'string' && typeof holder === 'string' && typeof ttlMs === 'number'
      ? [{ resource, holder, ttlMs }]
      : [],
  );
}
