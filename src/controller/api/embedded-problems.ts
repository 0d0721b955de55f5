import { storageSettings } from '../../storage/config.ts';
import { parseQuantity } from '../quantity.ts';
import { storageType } from './defaults.ts';
import { flattenOptions } from './options.ts';
import type { Problem } from './problem.ts';
import type { JaegerInstanceSpec } from './spec-schema.ts';

const { embedded } = storageSettings;

/** Below it the room that writing needs is most of the volume. */
const SMALLEST_SIZE = '1Gi';

/** What would lose traces, or say the same thing twice. */
export function embeddedProblems(spec: JaegerInstanceSpec): readonly Problem[] {
  if (storageType(spec) !== 'embedded') return [];
  const { storage = {}, allInOne } = spec;
  const maps = [
    { path: 'spec.storage.options', options: flattenOptions(storage.options) },
    { path: 'spec.storage.embedded.options', options: flattenOptions(storage.embedded?.options) },
    { path: 'spec.allInOne.options', options: flattenOptions(allInOne?.options) },
  ];
  return [
    ...sizeProblems(storage.embedded?.size),
    ...retentionProblems(storage.retention),
    ...maps.flatMap(({ path, options }) =>
      [...options].flatMap(([flag, value]) => {
        const message = optionProblem(flag, value, storage.retention !== undefined);
        return message === undefined ? [] : [{ path: `${path}.${flag}`, message }];
      }),
    ),
  ];
}

function sizeProblems(size: string | undefined): readonly Problem[] {
  const least = parseQuantity(SMALLEST_SIZE) ?? 0;
  if (size === undefined || (parseQuantity(size) ?? 0) >= least) return [];
  const message = `${size} is too small; give ${SMALLEST_SIZE} or more`;
  return [{ path: 'spec.storage.embedded.size', message }];
}

function retentionProblems(retention: string | undefined): readonly Problem[] {
  if (retention === undefined || (embedded.retention.parse(retention) ?? 0) > 0) return [];
  const message = `${retention} would keep nothing; give a duration such as 72h`;
  return [{ path: 'spec.storage.retention', message }];
}

const RETENTION_FLAGS: readonly string[] = [
  embedded.retention.flag,
  embedded.badger.spanStoreTtl.flag,
];

function optionProblem(flag: string, value: string, hasRetention: boolean): string | undefined {
  if (flag === embedded.directory.flag)
    return 'is where the operator mounts the volume: leave it out';
  if (flag === storageSettings.type.flag) return 'is spec.storage.type: leave it out';
  if (flag === embedded.badger.ephemeral.flag && embedded.badger.ephemeral.parse(value) === true) {
    return 'true keeps nothing beyond the pod; use spec.storage.type: memory for that';
  }
  if (hasRetention && RETENTION_FLAGS.includes(flag)) {
    return 'says what spec.storage.retention says: give one of them';
  }
  return undefined;
}
