import { heldAttributeKeys, heldAttributeValues } from '../held-spans/attribute-names.ts';
import type { TenantStore } from '../held-spans/tenant-store.ts';
import type { TimeSlice } from '../held-spans/time-slice.ts';
import type { Block } from './block/block.ts';
import type { WantedValues } from './block/attribute-names.ts';

/** Where attributes are looked for. */
export interface AttributePlaces {
  readonly blocks: readonly Block[];
  readonly heads: readonly TenantStore[];
}

const KEYS_MAX = 5000;

/** Keys of attributes, sorted; with a service, of blocks that have spans of it. */
export async function attributeKeys(
  { blocks, heads }: AttributePlaces,
  service: string | undefined,
  slice: TimeSlice,
): Promise<readonly string[]> {
  const keys = new Set<string>();
  for (const block of blocks.toReversed()) {
    if (keys.size >= KEYS_MAX) break;
    if (service === undefined || block.serviceNames().includes(service)) {
      for (const key of block.attributeKeys()) keys.add(key);
    }
    if (slice.isOver()) await slice.rest();
  }
  for (const head of heads) {
    for (const key of await heldAttributeKeys(head, service, slice)) keys.add(key);
  }
  return [...keys].sort().slice(0, KEYS_MAX);
}

/** Values of an attribute, sorted: those of the newest spans, where there are too many. */
export async function attributeValues(
  { blocks, heads }: AttributePlaces,
  wanted: WantedValues,
  slice: TimeSlice,
): Promise<readonly string[]> {
  const values = new Set<string>();
  for (const head of heads.toReversed()) {
    for (const value of await heldAttributeValues(head, wanted, slice)) values.add(value);
  }
  for (const block of blocks.toReversed()) {
    if (values.size >= wanted.limit) break;
    block.addAttributeValues(wanted, values);
    if (slice.isOver()) await slice.rest();
  }
  return [...values].sort().slice(0, wanted.limit);
}
