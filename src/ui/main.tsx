import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { readEmbed } from './config/embed.ts';
import { readUiConfig } from './config/read-ui-config.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root"');
createRoot(root).render(
  <StrictMode>
    <App config={readUiConfig(document)} embed={readEmbed(location.search)} />
  </StrictMode>,
);
