/** Who of several processes may do something; at any time one of them at most. */
export interface Leases {
  /**
   * Whether `holder` has the resource for the next `ttlMs`: it is free, or is the holder's already,
   * whose lease then begins anew. Time is monotonic: setting a clock ends no lease. After a restart of
   * the storage a lease lasts its whole time again.
   */
  acquire(resource: string, holder: string, ttlMs: number): Promise<boolean>;
  /** Gives the resource up early; false when `holder` does not have it. */
  forfeit(resource: string, holder: string): Promise<boolean>;
}
