import './deep-dependencies-page.css';
import type { ReactElement } from 'react';
import type { DdgFocus } from '../../../model/ddg-model.ts';
import { type DeepDependenciesQuery, useDeepDependencies } from '../../api/deep-dependencies.ts';
import { useOperations, useServices } from '../../api/services.ts';
import { Combobox } from '../../components/combobox.tsx';
import { BigNotice } from '../../components/notice.tsx';
import { ServiceDot } from '../../components/service-dot.tsx';
import { ToolBar, ToolField } from '../../components/tool-bar.tsx';
import type { PageProps } from '../../page-props.ts';
import { followLink, goTo } from '../../routing.ts';
import { text } from '../../text/common-text.ts';
import { ddgText } from '../../text/ddg-text.ts';
import { DdgOfWays } from './ddg-of-ways.tsx';

const PAGE = 'deep-dependencies';
/** The field finds the others. */
const SERVICES_SHOWN = 40;

/** Every way that recent requests took through a service. */
export function DeepDependenciesPage({ search }: PageProps): ReactElement {
  const query = readQuery(search);
  return (
    <main id="content" className="deep-dependencies-page" tabIndex={-1}>
      <title>{`${text.deepDependenciesTitle} – ${text.product}`}</title>
      <ToolBar title={text.deepDependenciesTitle}>
        <FocusFields focus={query.focus} search={search} />
      </ToolBar>
      {query.focus.service === '' ? (
        <BigNotice title={ddgText.chooseTitle}>
          <p className="muted">{ddgText.chooseHint}</p>
          <Services search={search} />
        </BigNotice>
      ) : (
        <Ways query={query} search={search} />
      )}
    </main>
  );
}

interface FocusFieldsProps {
  readonly focus: DdgFocus;
  readonly search: string;
}

function FocusFields({ focus, search }: FocusFieldsProps): ReactElement {
  const services = useServices();
  const operations = useOperations(focus.service);
  return (
    <>
      <ToolField label={text.service} wide>
        <Combobox
          label={text.service}
          value={focus.service}
          emptyLabel={ddgText.chooseService}
          required
          options={services.data ?? []}
          onChange={(service) => {
            if (service !== focus.service) goTo(focusHref(search, { service, operation: '' }));
          }}
        />
      </ToolField>
      <ToolField label={text.operation} wide>
        <Combobox
          label={text.operation}
          value={focus.operation}
          emptyLabel={text.allOperations}
          options={operations.data ?? []}
          onChange={(operation) => {
            if (operation !== focus.operation) goTo(focusHref(search, { ...focus, operation }));
          }}
        />
      </ToolField>
    </>
  );
}

/** To choose from by one click. */
function Services({ search }: { readonly search: string }): ReactElement {
  const { data = [] } = useServices();
  return (
    <ul className="ddg-services" aria-label={ddgText.services}>
      {data.slice(0, SERVICES_SHOWN).map((service) => (
        <li key={service}>
          <a href={focusHref(search, { service, operation: '' })} onClick={followLink}>
            <ServiceDot name={service} />
          </a>
        </li>
      ))}
    </ul>
  );
}

interface WaysProps {
  readonly query: DeepDependenciesQuery;
  readonly search: string;
}

function Ways({ query, search }: WaysProps): ReactElement {
  const { focus } = query;
  const ways = useDeepDependencies(query);
  const empty = (
    <>
      <p className="muted">{ddgText.emptyHint(focus.service)}</p>
      <a
        className="button"
        href={`search?${new URLSearchParams({ service: focus.service, lookback: '2d' })}`}
        onClick={followLink}
      >
        {ddgText.findTraces}
      </a>
    </>
  );
  return (
    <DdgOfWays
      {...{ ways, empty, focus, search }}
      page={PAGE}
      focusHref={(next) => focusHref(search, next)}
    />
  );
}

/** Jaeger's parameters; times are microseconds since 1970. */
function readQuery(search: string): DeepDependenciesQuery {
  const url = new URLSearchParams(search);
  return {
    focus: { service: url.get('service') ?? '', operation: url.get('operation') ?? '' },
    start: url.get('start') ?? '',
    end: url.get('end') ?? '',
  };
}

/** Another focus has other hops: what was shown of the last one means nothing for it. */
function focusHref(search: string, { operation, service }: DdgFocus): string {
  const url = new URLSearchParams(search);
  url.set('service', service);
  if (operation === '') url.delete('operation');
  else url.set('operation', operation);
  url.delete('visEncoding');
  return `${PAGE}?${url}`;
}
