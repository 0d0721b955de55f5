import { collectorSettings } from '../../collector/config.ts';
import { envName } from '../../runtime/resolve-config.ts';
import type { Setting } from '../../runtime/setting.ts';
import { storageServerSettings } from '../../storage-server/config.ts';
import { storageSettings } from '../../storage/config.ts';

const MIB = 2 ** 20;
/** What an idle process takes, and the heap that work needs beside stored and waiting bytes. */
const PROCESS_BYTES = 112 * MIB;
/** Stored bytes take a third more with rows and names, and what was evicted stays until it is collected; a hostile request takes several times its size while it is converted. */
const STORED_SHARE = 5 / 16;
/** What was worked on takes as much again until it is collected. */
const WORK_SHARE = 1 / 8;
const SMALLEST_BYTES = 16 * MIB;

const { memory, embedded } = storageSettings;

/** A bound of a role, and what it may be below a memory limit. */
export interface MemoryBound {
  readonly setting: Setting<number>;
  readonly fitting: (limitBytes: number) => number;
}

const workBound = (setting: Setting<number>): MemoryBound => ({
  setting,
  fitting: (limitBytes) => limitBytes * WORK_SHARE,
});

export const STORED_IN_MEMORY: MemoryBound = {
  setting: memory.maxBytes,
  fitting: (limitBytes) => (limitBytes - PROCESS_BYTES) * STORED_SHARE,
};
export const COLLECTED = workBound(collectorSettings.maxBytesInFlight);
export const SERVED = workBound(storageServerSettings.maxBytesInFlight);
/** Spans on their way to a block, and pages of blocks. */
export const EMBEDDED: readonly MemoryBound[] = [
  workBound(embedded.maxHeadBytes),
  workBound(embedded.cacheBytes),
];

/**
 * Bounds that keep a process below its container's memory limit, which would end it. Bounds that are
 * named in `options`, and those whose default fits anyway, are left out.
 * @param limit a Kubernetes quantity; one without a plain number of bytes gives no bounds
 */
export function memoryEnvironment(
  limit: unknown,
  options: ReadonlyMap<string, string>,
  bounds: readonly MemoryBound[],
): readonly { readonly name: string; readonly value: string }[] {
  const bytes = memory.maxBytes.parse(limit);
  if (bytes === undefined) return [];
  return bounds
    .map(({ setting, fitting }) => [setting, fitting(bytes)] as const)
    .filter(([setting, fitting]) => fitting < setting.default && !options.has(setting.flag))
    .map(([setting, fitting]) => {
      const value = Math.max(Math.floor(fitting / MIB) * MIB, SMALLEST_BYTES);
      return { name: envName(setting), value: setting.format(value) };
    });
}
