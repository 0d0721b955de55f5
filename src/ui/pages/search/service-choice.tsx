import './service-choice.css';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { FailNotice, WaitNotice } from '../../components/notice.tsx';
import { ServiceDot } from '../../components/service-dot.tsx';
import { lookbackSeconds } from '../../config/lookback.ts';
import { useUiConfig } from '../../config/ui-config.ts';
import { followLink } from '../../routing.ts';
import { text } from '../../text.ts';
import { emptySearch, searchHref } from './search-request.ts';

/** Before any search: every service is one click away. */
export function ServiceChoice({
  services,
}: {
  services: UseQueryResult<readonly string[]>;
}): ReactElement {
  const { search } = useUiConfig();
  if (services.isPending) return <WaitNotice>{text.loadingServices}</WaitNotice>;
  if (services.isError) {
    return <FailNotice error={services.error} retry={() => void services.refetch()} />;
  }
  return (
    <section className="service-choice">
      <h1>{text.chooseTitle}</h1>
      <p className="muted">{text.chooseHint(lookbackSeconds(search.defaultLookback) ?? 0)}</p>
      <ul>
        {services.data.map((service) => (
          <li key={service}>
            <a href={searchHref({ ...emptySearch(search), service })} onClick={followLink}>
              <ServiceDot name={service} />
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
