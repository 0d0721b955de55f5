import { jsonFields } from '../../runtime/json-object.ts';
import { normalize } from '../api/defaults.ts';
import { problemText } from '../api/problem.ts';
import { validateInstance } from '../api/validate.ts';
import type { AdmissionHandler } from './admission-review.ts';
import { setKeys } from './json-patch.ts';
import type { PatchOperation } from './json-patch.ts';

/** Refuses a JaegerInstance that is not valid, naming every field; warns of fields without effect. */
export const validateInstanceHandler: AdmissionHandler = ({ operation, object, before }) => {
  // A finalizer must come off an object that an older version let in, or it never goes.
  if (operation === 'DELETE' || object.metadata.deletionTimestamp !== undefined) {
    return { allowed: true };
  }
  const checked = validateInstance(object, before);
  if (!checked.valid) {
    return { allowed: false, message: checked.errors.map(problemText).join('; ') };
  }
  return { allowed: true, warnings: checked.warnings.map(problemText) };
};

/**
 * Writes down the two choices that decide what runs, where the author left them out: so that a later
 * version with other defaults leaves this instance as it is. What the author wrote is never changed.
 */
export const defaultInstanceHandler: AdmissionHandler = ({ operation, object }) => {
  const checked = validateInstance(object);
  // The validating webhook says what is wrong; a spec that is none is not completed.
  if (operation === 'DELETE' || !checked.valid) return { allowed: true };
  const { strategy, storage } = normalize(checked.instance).spec;
  const spec = jsonFields(object['spec']);
  if (!('spec' in object)) {
    const value = { strategy, storage: { type: storage.type } };
    return { allowed: true, patch: [{ op: 'add', path: '/spec', value }] };
  }
  const patch: PatchOperation[] = [];
  if (!('strategy' in spec)) patch.push({ op: 'add', path: '/spec/strategy', value: strategy });
  const given = spec['storage'] === undefined ? undefined : jsonFields(spec['storage']);
  if (given === undefined || !('type' in given)) {
    patch.push(...setKeys(given, '/spec/storage', { type: storage.type }));
  }
  return { allowed: true, patch };
};
