import './search-results-graph.css';
import type { ReactElement } from 'react';
import type { DdgFocus } from '../../../model/ddg-model.ts';
import { useDeepDependenciesOf } from '../../api/deep-dependencies.ts';
import { Combobox } from '../../components/combobox.tsx';
import { BigNotice, FailNotice, WaitNotice } from '../../components/notice.tsx';
import { ToolField } from '../../components/tool-bar.tsx';
import { goTo } from '../../routing.ts';
import { text } from '../../text/common-text.ts';
import { ddgText } from '../../text/ddg-text.ts';
import { DdgExplorer } from './ddg-explorer.tsx';

/** Where the address has another focus than what was searched for. */
const FOCUS_SERVICE = 'focusService';
const FOCUS_OPERATION = 'focusOperation';

interface SearchResultsGraphProps {
  /** At least one. */
  readonly traceIds: readonly string[];
  /** Of these traces: what the focus is chosen from. */
  readonly services: readonly string[];
  /** What was searched for: the focus until another is chosen. '' for any. */
  readonly service: string;
  readonly operation: string;
  /** The query of the search page's address; everything in it stays. */
  readonly search: string;
}

/** The deep dependency graph of the traces that a search has found. */
export function SearchResultsGraph(props: SearchResultsGraphProps): ReactElement {
  const { traceIds, services, search } = props;
  const focus = readFocus(props);
  const ways = useDeepDependenciesOf(traceIds, focus);
  return (
    <section className="search-results-graph">
      <ToolField label={text.service} wide>
        <Combobox
          label={text.service}
          value={focus.service}
          emptyLabel={ddgText.anyService}
          required
          options={services}
          onChange={(service) => {
            if (service !== focus.service) goTo(focusHref(search, { service, operation: '' }));
          }}
        />
      </ToolField>
      <Ways {...{ focus, search, ways }} />
    </section>
  );
}

interface WaysProps {
  readonly focus: DdgFocus;
  readonly search: string;
  readonly ways: ReturnType<typeof useDeepDependenciesOf>;
}

function Ways({ focus, search, ways }: WaysProps): ReactElement {
  if (ways.isPending) return <WaitNotice>{ddgText.loading(focus.service)}</WaitNotice>;
  if (ways.isError) return <FailNotice error={ways.error} retry={() => void ways.refetch()} />;
  if (ways.data.length === 0) {
    return (
      <BigNotice title={ddgText.emptyTitle}>
        <p className="muted">{ddgText.emptyOfTraces(focus.service)}</p>
      </BigNotice>
    );
  }
  return (
    <DdgExplorer
      key={JSON.stringify(focus)}
      sources={ways.data}
      focus={focus}
      page="search"
      search={search}
      focusHref={(next) => focusHref(search, next)}
    />
  );
}

/** Of a search for all services, the first of those that were found. */
function readFocus(props: SearchResultsGraphProps): DdgFocus {
  const url = new URLSearchParams(props.search);
  const chosen = url.get(FOCUS_SERVICE);
  if (chosen !== null) return { service: chosen, operation: url.get(FOCUS_OPERATION) ?? '' };
  if (props.service === '') return { service: props.services[0] ?? '', operation: '' };
  return { service: props.service, operation: props.operation };
}

function focusHref(search: string, { operation, service }: DdgFocus): string {
  const url = new URLSearchParams(search);
  url.set(FOCUS_SERVICE, service);
  if (operation === '') url.delete(FOCUS_OPERATION);
  else url.set(FOCUS_OPERATION, operation);
  url.delete('visEncoding');
  return `search?${url}`;
}
