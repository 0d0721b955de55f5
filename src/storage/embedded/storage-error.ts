/** The folder of the storage cannot be used: it is another program's, or of a later version. */
export class StoreOpenError extends Error {
  override readonly name = 'StoreOpenError';
}

/** Spans cannot be taken now; the same spans may be later. */
export class StoreBusyError extends Error {
  override readonly name = 'StoreBusyError';
}

/** Nothing can be written or read any more. */
export class StoreClosedError extends Error {
  override readonly name = 'StoreClosedError';
}

/** More than one call may ask to be kept; trying again is of no use. */
export class StoreLimitError extends Error {
  override readonly name = 'StoreLimitError';
}
