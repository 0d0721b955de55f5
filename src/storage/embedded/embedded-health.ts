import type { StorageHealth } from '../storage.ts';
import type { Tenant } from './tenant.ts';

/** Whether spans that come now are kept, and become blocks; the first tenant whose do not. */
export function healthOf(isClosed: boolean, tenants: Iterable<Tenant>): StorageHealth {
  if (isClosed) return { healthy: false, message: 'the embedded storage is closed' };
  for (const { log, shredder } of tenants) {
    if (log.failure !== undefined) {
      return { healthy: false, message: `spans cannot be written down: ${log.failure}` };
    }
    if (shredder.failure !== undefined) {
      return { healthy: false, message: `blocks cannot be made: ${shredder.failure}` };
    }
  }
  return { healthy: true, message: 'traces are kept on this machine' };
}
