import { type ComponentType, lazy } from 'react';
import type { PageProps } from './page-props.ts';

export interface LazyPage {
  readonly Page: ComponentType<PageProps>;
  /** Begins to load its file. */
  readonly prefetch: () => void;
}

/** A page that is a file of its own, loaded when it is opened or about to be. */
export function lazyPage(load: () => Promise<ComponentType<PageProps>>): LazyPage {
  return {
    Page: lazy(async () => ({ default: await load() })),
    prefetch: () => {
      // A failure shows when the page is opened, which loads again.
      load().catch(() => undefined);
    },
  };
}
