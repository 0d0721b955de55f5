import { collectorSettings } from '../../collector/config.ts';
import { storageSettings } from '../../storage/config.ts';
import { envName } from '../../runtime/resolve-config.ts';
import type { Setting } from '../../runtime/setting.ts';

const MIB = 2 ** 20;
/** What an idle process takes, and the heap that work needs beside stored and waiting bytes. */
const PROCESS_BYTES = 96 * MIB;
/** Stored bytes take a third more with rows and names; what was evicted stays until it is collected. */
const STORED_SHARE = 3 / 8;
/** What was worked on takes as much again until it is collected. */
const IN_FLIGHT_SHARE = 1 / 8;
const SMALLEST_BYTES = 16 * MIB;

const { maxBytes } = storageSettings.memory;
const { maxBytesInFlight } = collectorSettings;

/**
 * Bounds that keep a process with memory storage below its container's memory limit, which would
 * end it and lose every trace. Bounds that are named in `options`, and those whose default fits
 * anyway, are left out.
 * @param limit a Kubernetes quantity; one without a plain number of bytes gives no bounds
 */
export function memoryEnvironment(
  limit: unknown,
  options: ReadonlyMap<string, string>,
): readonly { readonly name: string; readonly value: string }[] {
  const bytes = maxBytes.parse(limit);
  if (bytes === undefined) return [];
  const bounds: readonly (readonly [Setting<number>, number])[] = [
    [maxBytes, (bytes - PROCESS_BYTES) * STORED_SHARE],
    [maxBytesInFlight, bytes * IN_FLIGHT_SHARE],
  ];
  return bounds
    .filter(([setting, fitting]) => fitting < setting.default && !options.has(setting.flag))
    .map(([setting, fitting]) => {
      const value = Math.max(Math.floor(fitting / MIB) * MIB, SMALLEST_BYTES);
      return { name: envName(setting), value: setting.format(value) };
    });
}
