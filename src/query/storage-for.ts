import type { AskedStorage, Storage } from '../storage/storage.ts';

/** The storage as its caller may see it: '' is nobody's token. */
export function storageFor(
  storage: AskedStorage & Pick<Storage, 'withToken'>,
  token: string,
): AskedStorage {
  return token === '' ? storage : (storage.withToken?.(token) ?? storage);
}
