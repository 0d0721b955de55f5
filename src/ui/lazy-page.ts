import { type ComponentType, createElement, lazy, useState } from 'react';
import type { PageProps } from './page-props.ts';

export interface LazyPage {
  readonly Page: ComponentType<PageProps>;
  /** Loads its file. A failure shows when the page is opened, which loads again. */
  readonly prefetch: () => Promise<void>;
}

/**
 * A page that is a file of its own, loaded when it is opened or about to be. React shows what it has
 * waited for with `lazy` up to 300 ms late; a page that was loaded before is there at once.
 */
export function lazyPage(load: () => Promise<ComponentType<PageProps>>): LazyPage {
  let loaded: ComponentType<PageProps> | undefined;
  const keep = async (): Promise<ComponentType<PageProps>> => {
    const page = await load();
    loaded = page;
    return page;
  };
  const Awaited = lazy(async () => ({ default: await keep() }));
  return {
    Page: function Page(props) {
      // One for as long as it is shown: another would begin without the page's state.
      const [Shown] = useState(() => loaded ?? Awaited);
      return createElement(Shown, props);
    },
    prefetch: () =>
      keep().then(
        () => undefined,
        () => undefined,
      ),
  };
}
