import './start-page.css';
import type { ReactElement } from 'react';
import { spanAddressOf } from '../../../model/span-address.ts';
import { useServices } from '../../api/services.ts';
import { FailNotice, WaitPage } from '../../components/notice.tsx';
import { lookbackSeconds } from '../../config/lookback.ts';
import { goTo, traceHref } from '../../routing.ts';
import { text } from '../../text/common-text.ts';
import { searchText } from '../../text/search-text.ts';
import { startText } from '../../text/start-text.ts';
import { SearchBox } from '../search/search-box.tsx';
import type { SearchRequest } from '../search/search-request.ts';
import { GetStarted } from './get-started.tsx';
import { ServiceRows } from './service-rows.tsx';

/** Where a search begins: one box for everything, each service one click away. */
export function StartPage({ request }: { request: SearchRequest }): ReactElement {
  const services = useServices();
  if (services.isPending) {
    return <WaitPage title={text.searchTitle}>{searchText.loadingServices}</WaitPage>;
  }
  if (services.isError) {
    return <FailNotice error={services.error} retry={() => void services.refetch()} />;
  }
  if (services.data.length === 0) return <GetStarted />;
  return (
    <section className="start-page">
      <h1>{startText.title}</h1>
      <SearchBox
        request={request}
        line=""
        label={startText.boxLabel}
        placeholder={startText.boxPlaceholder}
        onOther={goToTrace}
      />
      <p className="muted">{startText.hint(lookbackSeconds(request.lookback))}</p>
      <ServiceRows services={services.data} request={request} />
    </section>
  );
}

/** A trace's id in any of its forms, unless a service is called like it. */
function goToTrace(typed: string, services: readonly string[]): boolean {
  const address = services.includes(typed.trim()) ? undefined : spanAddressOf(typed);
  if (address === undefined) return false;
  goTo(traceHref(address.traceId, address.spanId));
  return true;
}
