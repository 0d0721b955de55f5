import './service-choice.css';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { FailNotice, WaitNotice } from '../../components/notice.tsx';
import { ServiceDot } from '../../components/service-dot.tsx';
import { lookbackSeconds } from '../../config/lookback.ts';
import { useUiConfig } from '../../config/ui-config.ts';
import { followLink } from '../../routing.ts';
import { text } from '../../text/common-text.ts';
import { searchText } from '../../text/search-text.ts';
import { searchHref, type SearchRequest } from './search-request.ts';

interface ServiceChoiceProps {
  readonly services: UseQueryResult<readonly string[]>;
  /** The other conditions of the search; its service does not count. */
  readonly request: SearchRequest;
}

/** While no service is chosen: each is one click away, and all of them where that can be searched. */
export function ServiceChoice({ services, request }: ServiceChoiceProps): ReactElement {
  const { search } = useUiConfig();
  if (services.isPending) return <WaitNotice>{searchText.loadingServices}</WaitNotice>;
  if (services.isError) {
    return <FailNotice error={services.error} retry={() => void services.refetch()} />;
  }
  return (
    <section className="service-choice">
      <h1>{searchText.chooseTitle}</h1>
      <p className="muted">{searchText.chooseHint(lookbackSeconds(request.lookback))}</p>
      <ul>
        {search.withoutService && (
          <li>
            <a href={searchHref(request)} onClick={followLink}>
              {text.allServices}
            </a>
          </li>
        )}
        {services.data.map((service) => (
          <li key={service}>
            <a href={searchHref({ ...request, service })} onClick={followLink}>
              <ServiceDot name={service} />
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
