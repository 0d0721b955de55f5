import './styles/tokens.css';
import './styles/base.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ReactElement, Suspense, useEffect, useLayoutEffect, useState } from 'react';
import { ApiError } from './api/fetch-json.ts';
import { browserStore } from './browser-store.ts';
import { CrashNotice } from './components/crash-notice.tsx';
import { Header } from './components/header.tsx';
import { BigNotice } from './components/notice.tsx';
import { type Embed, EmbedContext } from './config/embed.ts';
import { type UiConfig, UiConfigContext } from './config/ui-config.ts';
import type { PageProps } from './page-props.ts';
import { PAGES } from './page-table.ts';
import { followLink, goTo, usePlace } from './routing.ts';
import { createServiceColors, ServiceColorContext } from './service-colors.ts';
import { text } from './text/common-text.ts';
import { imposeTheme } from './theme.ts';

const RETRIES = 2;
const START_PAGE = 'search';

interface AppProps {
  readonly config: UiConfig;
  readonly embed: Embed;
}

/** The whole UI: which page a URL is, and what all pages share. */
export function App({ config, embed }: AppProps): ReactElement {
  const [client] = useState(createQueryClient);
  const [serviceColor] = useState(() => createServiceColors(browserStore()));
  const place = usePlace();
  const [name = '', id = ''] = place.path.split('/');
  const page = name === '' ? START_PAGE : name;
  useEffect(() => {
    if (place.path === '') goTo(START_PAGE, 'replace');
  }, [place.path]);
  useLayoutEffect(() => {
    document.documentElement.toggleAttribute('data-embedded', embed.embedded);
    imposeTheme(config.themesEnabled ? embed.theme : 'light');
  }, [config, embed]);
  return (
    <QueryClientProvider client={client}>
      <UiConfigContext value={config}>
        <EmbedContext value={embed}>
          <ServiceColorContext value={serviceColor}>
            {!embed.embedded && <Header current={page} />}
            <CrashNotice key={place.path}>
              <Suspense fallback={null}>
                <Page page={page} id={id} search={place.search} />
              </Suspense>
            </CrashNotice>
          </ServiceColorContext>
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
      <BigNotice title={text.pageMissingTitle}>
        <a className="button" href="search" onClick={followLink}>
          {text.goToSearch}
        </a>
      </BigNotice>
    </main>
  );
}

/** A refused request stays refused; only failures of the way there are tried again. */
function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        refetchOnWindowFocus: false,
        retry: (failures, error) =>
          failures < RETRIES &&
          !(error instanceof ApiError && error.status < 500 && error.status > 0),
      },
    },
  });
}
