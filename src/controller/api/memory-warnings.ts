import { storageSettings } from '../../storage/config.ts';
import { flattenOptions } from './options.ts';
import type { Problem } from './problem.ts';
import type { JaegerInstanceSpec } from './spec-schema.ts';

const { maxBytes } = storageSettings.memory;

/** An all-in-one that may store more than its container may hold is ended when it has: said before. */
export function memoryWarnings({ storage, allInOne, resources }: JaegerInstanceSpec): Problem[] {
  const maps = [
    { path: 'spec.allInOne.options', options: allInOne?.options },
    { path: 'spec.storage.options', options: storage?.options },
  ];
  const limit = allInOne?.resources?.limits?.['memory'] ?? resources?.limits?.['memory'];
  const limitBytes = maxBytes.parse(limit);
  if (limitBytes === undefined) return [];
  for (const { path, options } of maps) {
    const given = flattenOptions(options).get(maxBytes.flag);
    if (given === undefined) continue;
    if ((maxBytes.parse(given) ?? 0) < limitBytes) return [];
    const message = `${given} does not fit the all-in-one's memory limit of ${String(limit)}`;
    return [{ path: `${path}.${maxBytes.flag}`, message }];
  }
  return [];
}
