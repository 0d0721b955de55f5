import './styles/tokens.css';
import './styles/base.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { type ReactElement, Suspense, useEffect, useLayoutEffect, useState } from 'react';
import { createQueryClient } from './api/query-client.ts';
import { CrashNotice } from './components/crash-notice.tsx';
import { Header } from './components/header.tsx';
import { BigNotice, WaitPage } from './components/notice.tsx';
import { type Embed, EmbedContext } from './config/embed.ts';
import { type UiConfig, UiConfigContext } from './config/ui-config.ts';
import { PageFocus } from './page-focus.tsx';
import { pageOfPath } from './page-of-path.ts';
import type { PageProps } from './page-props.ts';
import { PAGES } from './page-table.ts';
import { prefetchPages } from './prefetch-pages.ts';
import { followLink, goTo, usePlace } from './routing.ts';
import { text } from './text/common-text.ts';
import { imposeTheme } from './theme.ts';
import { createTracking } from './tracking.ts';

interface AppProps {
  readonly config: UiConfig;
  readonly embed: Embed;
}

/** The whole UI: which page a URL is, and what all pages share. */
export function App({ config, embed }: AppProps): ReactElement {
  const [client] = useState(createQueryClient);
  const [tracking] = useState(() => createTracking(config.tracking, config.version));
  const place = usePlace();
  const { page, id } = pageOfPath(place.path);
  useEffect(() => {
    if (place.path === '') goTo(page, 'replace');
    else tracking.pageView(place.path, place.search);
  }, [page, place, tracking]);
  useEffect(() => prefetchPages(document), []);
  useLayoutEffect(() => {
    document.documentElement.toggleAttribute('data-embedded', embed.embedded);
    imposeTheme(config.themesEnabled ? embed.theme : 'light');
  }, [config, embed]);
  return (
    <QueryClientProvider client={client}>
      <UiConfigContext value={config}>
        <EmbedContext value={embed}>
          {!embed.embedded && <Header current={page} />}
          <CrashNotice place={place.path} onCrash={tracking.error}>
            <Suspense fallback={<WaitPage title={text.product}>{text.loadingPage}</WaitPage>}>
              <Page page={page} id={id} search={place.search} />
              <PageFocus page={place.path} />
            </Suspense>
          </CrashNotice>
        </EmbedContext>
      </UiConfigContext>
    </QueryClientProvider>
  );
}

function Page({ page, ...props }: PageProps & { readonly page: string }): ReactElement {
  const entry = PAGES.get(page);
  if (entry !== undefined) {
    return <entry.Page key={entry.newForEachId === true ? props.id : page} {...props} />;
  }
  return (
    <main id="content">
      <title>{`${text.pageMissingTitle} – ${text.product}`}</title>
      <BigNotice title={text.pageMissingTitle}>
        <p className="muted">{text.pageMissingHint}</p>
        <a className="button" href="search" onClick={followLink}>
          {text.goToSearch}
        </a>
      </BigNotice>
    </main>
  );
}
