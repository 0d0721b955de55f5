import './search-results-graph.css';
import type { ReactElement } from 'react';
import type { DdgFocus } from '../../../model/ddg-model.ts';
import { useDeepDependenciesOf } from '../../api/deep-dependencies.ts';
import { Combobox } from '../../components/combobox.tsx';
import { ToolField } from '../../components/tool-bar.tsx';
import { goTo } from '../../routing.ts';
import { text } from '../../text/common-text.ts';
import { ddgText } from '../../text/ddg-text.ts';
import { DdgOfWays } from './ddg-of-ways.tsx';

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
      <DdgOfWays
        {...{ ways, focus, search }}
        empty={<p className="muted">{ddgText.emptyOfTraces(focus.service)}</p>}
        page="search"
        focusHref={(next) => focusHref(search, next)}
      />
    </section>
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
