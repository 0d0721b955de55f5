import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { readEmbed } from './config/embed.ts';
import { readUiConfig } from './config/read-ui-config.ts';
import { currentLanguage } from './text/language.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root"');
document.documentElement.lang = currentLanguage();
createRoot(root).render(
  <StrictMode>
    <App config={readUiConfig(document, configScript())} embed={readEmbed(location.search)} />
  </StrictMode>,
);

/** Of a JavaScript configuration file, which has run before this. */
function configScript(): (() => unknown) | undefined {
  const script: unknown = Reflect.get(globalThis, 'UIConfig');
  return isFunction(script) ? script : undefined;
}

function isFunction(value: unknown): value is () => unknown {
  return typeof value === 'function';
}
