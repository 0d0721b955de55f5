import type { ServiceCall } from '../../model/service-calls.ts';
import { LinkCounts } from '../held-spans/link-counts.ts';
import type { LinkWindow } from '../held-spans/service-links.ts';
import type { Block } from './block/block.ts';

export const EVER: LinkWindow = { startMs: -Infinity, endMs: Infinity };

/** Calls to add to some counts, and calls to take away from them. */
export class CallList {
  private readonly calls: { readonly call: ServiceCall; readonly sign: 1 | -1 }[] = [];
  private readonly all = new LinkCounts();
  private earliestMs = Infinity;
  private latestMs = -Infinity;

  add(calls: readonly ServiceCall[], sign: 1 | -1): void {
    for (const call of calls) {
      this.calls.push({ call, sign });
      this.all.add(call.parent, call.child, sign);
      this.earliestMs = Math.min(this.earliestMs, call.startMs);
      this.latestMs = Math.max(this.latestMs, call.startMs);
    }
  }

  addToList(other: CallList, sign: 1 | -1): void {
    for (const { call, sign: own } of this.calls) other.add([call], own === sign ? 1 : -1);
  }

  /** Those whose child starts in the window. */
  addTo(counts: LinkCounts, { startMs, endMs }: LinkWindow, sign: 1 | -1 = 1): void {
    if (startMs <= this.earliestMs && endMs >= this.latestMs) {
      counts.addAll(this.all, sign);
      return;
    }
    for (const { call, sign: own } of this.calls) {
      if (call.startMs < startMs || call.startMs > endMs) continue;
      counts.add(call.parent, call.child, own === sign ? 1 : -1);
    }
  }
}

export function isInside(
  { oldestNano, newestNano }: Block,
  { startMs, endMs }: LinkWindow,
): boolean {
  return Number(oldestNano) / 1e6 >= startMs && Number(newestNano) / 1e6 <= endMs;
}
