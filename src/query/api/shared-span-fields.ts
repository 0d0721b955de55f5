import { StoredSpanFields } from './stored-span-fields.ts';

/**
 * Gives one object to all answers, each of which fills it between two rests: they know keys that others
 * learned, and leave nothing behind. Another one when that knows as many keys as it can.
 */
export function createSharedSpanFields(): () => StoredSpanFields {
  let shared = new StoredSpanFields();
  return () => {
    if (shared.isFull) shared = new StoredSpanFields();
    return shared;
  };
}
