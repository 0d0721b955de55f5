import { browserStore } from '../../browser-store.ts';
import { isObject, parsedJson } from '../../api/json-shape.ts';

/** Jaeger's name, so that what was searched there is offered here. */
const STORE_KEY = 'lastSearch';

interface LastSearch {
  readonly service: string;
  readonly operation: string;
}

/** What the form begins with while the address has no search; '' for nothing. */
export function readLastSearch(): LastSearch {
  const kept = parsedJson(browserStore().getItem(STORE_KEY) ?? '{}');
  const { service, operation } = isObject(kept) ? kept : {};
  return {
    service: typeof service === 'string' ? service : '',
    operation: typeof operation === 'string' && operation !== 'all' ? operation : '',
  };
}

export function keepLastSearch({ service, operation }: LastSearch): void {
  browserStore().setItem(STORE_KEY, JSON.stringify({ service, operation }));
}
