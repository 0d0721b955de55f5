import type { BrowserStore } from '../../browser-store.ts';

const STORE_KEY = 'jaeger-ui-archived';
/** The latest: nobody looks for older ones here. */
const MAX_REMEMBERED = 200;
const BETWEEN_IDS = ' ';

/** Whether this browser has archived the trace: the query API does not tell. */
export function wasArchived(store: BrowserStore, traceId: string): boolean {
  return readIds(store).includes(traceId);
}

export function rememberArchived(store: BrowserStore, traceId: string): void {
  const others = readIds(store).filter((id) => id !== traceId);
  const kept = [...others, traceId].slice(-MAX_REMEMBERED);
  store.setItem(STORE_KEY, kept.join(BETWEEN_IDS));
}

function readIds(store: BrowserStore): readonly string[] {
  return (store.getItem(STORE_KEY) ?? '').split(BETWEEN_IDS).filter((id) => id !== '');
}
