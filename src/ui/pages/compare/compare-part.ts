import type { CompareAddress } from './compare-address.ts';
import type { Compared } from './use-compared.ts';

/** What each part of the page gets. */
export interface ComparePart {
  readonly address: CompareAddress;
  readonly compared: Compared;
  /** To the same comparison with something changed. */
  readonly go: (changed: Partial<CompareAddress>, mode?: 'push' | 'replace') => void;
}
