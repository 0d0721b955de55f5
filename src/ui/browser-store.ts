/** The part of the Web Storage API that is used. */
export interface BrowserStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Remembers across visits, or nothing where the browser forbids it, as it may in a frame. */
export function browserStore(): BrowserStore {
  return storeOr(() => localStorage);
}

/** The same for this tab alone, until it is closed. */
export function tabStore(): BrowserStore {
  return storeOr(() => sessionStorage);
}

function storeOr(open: () => Storage): BrowserStore {
  try {
    return open();
  } catch (error) {
    if (error instanceof DOMException) return FORGETFUL;
    throw error;
  }
}

const FORGETFUL: BrowserStore = {
  getItem: () => null,
  setItem: () => undefined,
  removeItem: () => undefined,
};
