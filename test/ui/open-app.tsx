import { cleanup, configure, render } from '@testing-library/react';
import { afterAll, vi } from 'vitest';
import { App } from '../../src/ui/app.tsx';
import { readEmbed } from '../../src/ui/config/embed.ts';
import { readUiConfig } from '../../src/ui/config/read-ui-config.ts';

/** Answers by path, base path left out; a function gets the query. Anything else is a 404. */
export type Answers = Readonly<Record<string, unknown>>;

/** Query strings that were asked, by path, in order. */
export type Asked = ReadonlyMap<string, readonly URLSearchParams[]>;

const BASE = '/base/';

// A page is loaded when it is opened: on a busy machine that takes longer than a second.
configure({ asyncUtilTimeout: 4_000 });

/** What the storage can do, where it can do more than the least. */
interface Capabilities {
  readonly searchWithoutServiceName?: boolean;
  readonly searchFilters?: boolean;
  readonly archiveStorage?: boolean;
  readonly metricsStorage?: boolean;
}

// What the last test of a file has opened must not draw when there is no page left.
afterAll(cleanup);

/**
 * Opens the app at an address below the base path, in front of a server with these answers, this UI
 * configuration and a storage with these capabilities.
 */
export function openApp(
  path: string,
  answers: Answers,
  config: unknown = {},
  capabilities: Capabilities = {},
): Asked {
  cleanup();
  localStorage.clear();
  sessionStorage.clear();
  standInForLayout();
  document.documentElement.removeAttribute('data-theme');
  const json = JSON.stringify({ config, version: { gitVersion: 'v1.2.3' }, capabilities });
  document.head.innerHTML = `<base href="${BASE}"><script type="application/json" id="jaeger-config">${json}</script>`;
  history.replaceState(null, '', BASE + path);
  const asked = new Map<string, URLSearchParams[]>();
  vi.stubGlobal('fetch', (input: URL) => {
    const asking = input.pathname.slice(BASE.length);
    asked.set(asking, [...(asked.get(asking) ?? []), input.searchParams]);
    const fixed: unknown = answers[asking];
    const answer: unknown = isAnswering(fixed) ? fixed(input.searchParams) : fixed;
    if (answer === undefined) {
      const body = { data: null, errors: [{ code: 404, msg: 'trace not found' }] };
      return Promise.resolve(Response.json(body, { status: 404 }));
    }
    return Promise.resolve(answer instanceof Response ? answer.clone() : Response.json(answer));
  });
  render(<App config={readUiConfig(document, undefined)} embed={readEmbed(location.search)} />);
  return asked;
}

function isAnswering(answer: unknown): answer is (query: URLSearchParams) => unknown {
  return typeof answer === 'function';
}

/** jsdom lays nothing out: give what is measured a size, so that rows are in sight. */
function standInForLayout(): void {
  const unchanging = { observe: () => undefined, unobserve: () => undefined };
  vi.stubGlobal('ResizeObserver', function () {
    return { ...unchanging, disconnect: () => undefined };
  });
  vi.stubGlobal('matchMedia', () => ({
    matches: false,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(1000);
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(28);
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  vi.stubGlobal('scrollTo', () => undefined);
  Element.prototype.scrollTo = () => undefined;
  Element.prototype.scrollIntoView = () => undefined;
}
