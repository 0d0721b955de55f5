import { processSettings } from '../../runtime/process-settings.ts';
import type { NormalInstance, NormalStorage } from '../api/defaults.ts';
import { flattenOptions } from '../api/options.ts';
import { storageSettings } from '../../storage/config.ts';
import { parseQuantity } from '../quantity.ts';
import { labelsOf } from './labels.ts';
import type { RoleName } from './role-ports.ts';

/** The volume of the one pod that keeps the traces, and what its pod needs because of it. */
export interface DataVolume {
  readonly claimTemplate: object;
  readonly retentionPolicy: object;
  readonly mount: { readonly name: string; readonly mountPath: string };
  readonly podSecurity: Readonly<Record<string, unknown>>;
  readonly podFields: Readonly<Record<string, unknown>>;
  /** How long the process may take to start: spans that were not in blocks yet are read again. */
  readonly startupSeconds: number;
}

/** A claim's name is this, then its StatefulSet's name, then the number of the pod. */
const CLAIM = 'data';
/** Where the volume is in the pod. */
export const VOLUME_PATH = '/var/lib/jaeger';
/** Not the volume's root: file systems keep folders of their own there. */
const STORE_FOLDER = `${VOLUME_PATH}/store`;

const STARTUP_SECONDS = 600;
/** For spans in memory to become blocks; whatever is not done by then is done at the next start. */
const SHUTDOWN_TIMEOUT_MS = 50_000;
const GRACE_BEYOND_SECONDS = 10;

const { embedded } = storageSettings;
const { shutdownTimeoutMs } = processSettings;

/** What the file system itself, and blocks that are being merged, take of a volume. */
const USABLE_SHARE = 0.9;
/** The log of spans that are not in blocks, while the next one is written. */
const LOG_BYTES = 2 * embedded.maxHeadBytes.default;

/** The name of the claim that a StatefulSet makes for its only pod. */
export function claimName(statefulSet: string): string {
  return `${CLAIM}-${statefulSet}-0`;
}

/** Settings of the role that has the volume; what the user says in options comes over them. */
export function embeddedOptions(storage: NormalStorage): ReadonlyMap<string, string> {
  const { usable } = storage.embedded;
  const room =
    (parseQuantity(usable) ?? 0) * USABLE_SHARE - embedded.minFreeBytes.default - LOG_BYTES;
  return new Map([
    [embedded.directory.flag, STORE_FOLDER],
    [embedded.maxBytes.flag, embedded.maxBytes.format(wholeMebibytes(room))],
    ...(storage.retention === undefined
      ? []
      : [[embedded.retention.flag, storage.retention] as const]),
    [shutdownTimeoutMs.flag, shutdownTimeoutMs.format(SHUTDOWN_TIMEOUT_MS)],
    ...flattenOptions(storage.options),
  ]);
}

function wholeMebibytes(bytes: number): number {
  return Math.floor(bytes / 2 ** 20) * 2 ** 20;
}

/** @param options of the role that has the volume */
export function dataVolume(
  instance: NormalInstance,
  pods: { readonly role: RoleName; readonly name: string },
  options: ReadonlyMap<string, string>,
): DataVolume {
  const { size, storageClassName, accessModes, whenDeleted } = instance.spec.storage.embedded;
  const shutdownMs = shutdownTimeoutMs.parse(options.get(shutdownTimeoutMs.flag));
  return {
    claimTemplate: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      // The operator finds claims by these: a claim has no owner, and outlives its instance.
      metadata: { name: CLAIM, labels: labelsOf(instance, pods.role, pods.name) },
      spec: {
        accessModes,
        ...(storageClassName === undefined ? {} : { storageClassName }),
        resources: { requests: { storage: size } },
      },
    },
    retentionPolicy: { whenDeleted, whenScaled: 'Retain' },
    mount: { name: CLAIM, mountPath: VOLUME_PATH },
    // Without it every file of a large store is looked at before each start.
    podSecurity: { fsGroupChangePolicy: 'OnRootMismatch' },
    podFields: {
      terminationGracePeriodSeconds:
        Math.ceil((shutdownMs ?? SHUTDOWN_TIMEOUT_MS) / 1000) + GRACE_BEYOND_SECONDS,
    },
    startupSeconds: STARTUP_SECONDS,
  };
}
