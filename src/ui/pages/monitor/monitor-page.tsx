import './monitor-page.css';
import { type ReactElement, useCallback, useEffect, useState } from 'react';
import { useServices } from '../../api/services.ts';
import type { MetricsScope } from '../../api/service-metrics.ts';
import { browserStore } from '../../browser-store.ts';
import { ApiError } from '../../api/fetch-json.ts';
import { FailNotice, WaitNotice } from '../../components/notice.tsx';
import { useUiConfig } from '../../config/ui-config.ts';
import type { PageProps } from '../../page-props.ts';
import { followLink, goTo } from '../../routing.ts';
import { text } from '../../text/common-text.ts';
import { monitorText } from '../../text/monitor-text.ts';
import { CUSTOM_LOOKBACK, emptySearch, searchHref } from '../search/search-request.ts';
import {
  keepMonitorView,
  monitorParameters,
  type MonitorView,
  readMonitorView,
} from './monitor-address.ts';
import { MonitorChoices } from './monitor-choices.tsx';
import { MonitorEmpty } from './monitor-empty.tsx';
import { OperationTable } from './operation-table.tsx';
import { ServiceCharts } from './service-charts.tsx';
import { useMonitorMetrics } from './use-monitor-metrics.ts';

/** HTTP statuses from here on are the server's own trouble. */
const SERVER_ERROR = 500;

/** How a service has been doing: latency, errors and requests over time, and of each operation. */
export function MonitorPage({ search }: PageProps): ReactElement {
  const { capabilities } = useUiConfig();
  return (
    <main id="content" className="monitor-page" tabIndex={-1}>
      <title>{`${text.monitorTitle} – ${text.product}`}</title>
      {capabilities.metricsStorage ? <ChosenService search={search} /> : <MonitorEmpty />}
    </main>
  );
}

function ChosenService({ search }: { search: string }): ReactElement {
  const services = useServices();
  const asked = readMonitorView(search, browserStore());
  const view = { ...asked, service: asked.service || (services.data?.[0] ?? '') };
  const parameters = monitorParameters(view);
  const isChosen = view.service !== '';
  useEffect(() => {
    if (!isChosen) return;
    keepMonitorView(readMonitorView(parameters, browserStore()), browserStore());
    // An address without its choices gets them, so that it can be shared.
    if (search !== `?${parameters}`) goTo(`monitor?${parameters}`, 'replace');
  }, [isChosen, parameters, search]);

  const [endMs, setEndMs] = useState(() => Date.now());
  if (services.isError) {
    return <FailNotice error={services.error} retry={() => void services.refetch()} />;
  }
  return (
    <>
      <MonitorChoices
        view={view}
        services={services.data ?? []}
        onChange={(changed) => {
          setEndMs(Date.now());
          goTo(`monitor?${monitorParameters({ ...view, ...changed })}`);
        }}
        onRefresh={() => {
          setEndMs(Date.now());
        }}
      />
      {isChosen ? (
        <ServiceMetrics view={view} endMs={endMs} />
      ) : services.isPending ? (
        <WaitNotice>{monitorText.loading}</WaitNotice>
      ) : (
        <p className="monitor-notice muted">{monitorText.noService}</p>
      )}
    </>
  );
}

function ServiceMetrics({ view, endMs }: { view: MonitorView; endMs: number }): ReactElement {
  const { service, spanKind, timeframeMs } = view;
  const scope: MetricsScope = { service, spanKind, endMs, lookbackMs: timeframeMs };
  const { ofService, ofOperations, error, retry } = useMonitorMetrics(scope);
  const hrefOf = useTracesHref(service);
  const fromMs = endMs - timeframeMs;
  const openRange = useCallback(
    (rangeFromMs: number, rangeToMs: number) => {
      goTo(hrefOf(rangeFromMs, rangeToMs));
    },
    [hrefOf],
  );
  return (
    <>
      <p className="monitor-about muted">
        {monitorText.operationsOver(monitorText.lastTimeframe(timeframeMs / 1_000).toLowerCase())}
        <a href={hrefOf(fromMs, endMs)} onClick={followLink}>
          {monitorText.allTraces}
        </a>
      </p>
      {error === undefined ? (
        <>
          <ServiceCharts {...{ fromMs, endMs }} families={ofService} onRange={openRange} />
          <OperationTable
            families={ofOperations}
            hrefOf={(operation) => hrefOf(fromMs, endMs, operation)}
          />
        </>
      ) : (
        <FailNotice error={error} advice={storeAdvice(error)} retry={retry} />
      )}
    </>
  );
}

/** What to do where it is not the question that was wrong, nor the way to the query service. */
function storeAdvice(error: Error): string | undefined {
  return error instanceof ApiError && error.status >= SERVER_ERROR
    ? monitorText.storeAdvice
    : undefined;
}

/** Addresses of searches for the traces behind the numbers. */
function useTracesHref(
  service: string,
): (fromMs: number, toMs: number, operation?: string) => string {
  const { search } = useUiConfig();
  return useCallback(
    (fromMs, toMs, operation = '') =>
      searchHref({
        ...emptySearch(search),
        ...{ service, operation },
        lookback: CUSTOM_LOOKBACK,
        startUs: Math.floor(fromMs * 1_000),
        endUs: Math.ceil(toMs * 1_000),
      }),
    [search, service],
  );
}
