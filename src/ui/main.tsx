import { StrictMode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { App } from './app.tsx';
import { readEmbed } from './config/embed.ts';
import { readUiConfig } from './config/read-ui-config.ts';
import { pageOfPath } from './page-of-path.ts';
import { PAGES } from './page-table.ts';
import { placeOf } from './routing.ts';
import { currentLanguage } from './text/language.ts';

/** After this, people want to see that something comes. */
const PAGE_WAIT_MS = 300;

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root"');
document.documentElement.lang = currentLanguage();
// Not awaited: files of pages import this one, and wait for it to have run.
void drawWithPage(createRoot(root));

/** Once, with the page in it: its file was asked for with this one. A slow one is waited for in sight. */
async function drawWithPage(root: Root): Promise<void> {
  const { page } = pageOfPath(placeOf(location.href, document.baseURI).path);
  const late = new Promise((resolve) => setTimeout(resolve, PAGE_WAIT_MS));
  await Promise.race([PAGES.get(page)?.prefetch(), late]);
  root.render(
    <StrictMode>
      <App config={readUiConfig(document, configScript())} embed={readEmbed(location.search)} />
    </StrictMode>,
  );
}

/** Of a JavaScript configuration file, which has run before this. */
function configScript(): (() => unknown) | undefined {
  const script: unknown = Reflect.get(globalThis, 'UIConfig');
  return isFunction(script) ? script : undefined;
}

function isFunction(value: unknown): value is () => unknown {
  return typeof value === 'function';
}
