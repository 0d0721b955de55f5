import './service-filter-menu.css';
import { Funnel } from 'lucide-react';
import { type MouseEvent, type ReactElement, useState } from 'react';
import { hidesAllRoots } from '../../../model/service-filter.ts';
import type { ServiceShare } from '../../../model/trace-overview.ts';
import { Foldout } from '../../components/foldout.tsx';
import { ServiceDot } from '../../components/service-dot.tsx';
import { traceText } from '../../text/trace-text.ts';
import { keepServiceFilter, type ServiceFilter } from './use-service-filter.ts';

interface ServiceFilterMenuProps {
  readonly filter: ServiceFilter;
  /** Of the trace, as its overview counts them. */
  readonly shares: readonly ServiceShare[];
  readonly onApply: (hidden: ReadonlySet<string>) => void;
}

/** Chooses the services whose spans are pruned; nothing for a trace of one service. */
export function ServiceFilterMenu(props: ServiceFilterMenuProps): ReactElement | null {
  const { filter, shares } = props;
  const count = filter.hidden.size;
  if (shares.length < 2) return null;
  return (
    <Foldout
      className="icon-button service-filter-button"
      label={count === 0 ? traceText.filterServices : traceText.filterServicesActive(count)}
      summary={<Funnel size={15} aria-hidden data-active={count > 0} />}
    >
      {/* Another filter begins another draft. */}
      <Choice key={filter.textOf(filter.hidden) ?? ''} {...props} />
    </Foldout>
  );
}

function Choice({ filter, shares, onApply }: ServiceFilterMenuProps): ReactElement {
  const [draft, setDraft] = useState(filter.hidden);
  const { roots } = filter.services;
  const [onlyRoot] = roots.size === 1 ? roots : [];
  const toggle = (name: string): void => {
    const next = new Set(draft);
    if (!next.delete(name)) next.add(name);
    setDraft(next);
  };
  const apply = (event: MouseEvent): void => {
    const menu = event.currentTarget.closest('details');
    if (menu !== null) menu.open = false;
    onApply(draft);
  };
  const refused = hidesAllRoots(draft, filter.services);
  return (
    <div className="service-filter">
      <p className="muted">{traceText.filterServicesHint}</p>
      <div className="service-filter-all">
        <button
          type="button"
          className="button"
          onClick={() => {
            setDraft(new Set());
          }}
        >
          {traceText.filterAll}
        </button>
        <button
          type="button"
          className="button"
          onClick={() => {
            setDraft(new Set(filter.services.all.filter((name) => name !== onlyRoot)));
          }}
        >
          {traceText.filterNone}
        </button>
      </div>
      <ServiceList {...{ shares, roots, onlyRoot, draft }} onToggle={toggle} />
      <p className="service-filter-refused" role="status">
        {refused ? traceText.filterNoRoot : ''}
      </p>
      <div className="service-filter-end">
        <button
          type="button"
          className="button"
          disabled={refused}
          onClick={(event) => {
            keepServiceFilter(draft);
            apply(event);
          }}
        >
          {traceText.filterKeep}
        </button>
        <button type="button" className="button primary" disabled={refused} onClick={apply}>
          {traceText.filterApply}
        </button>
      </div>
    </div>
  );
}

interface ServiceListProps {
  readonly shares: readonly ServiceShare[];
  readonly roots: ReadonlySet<string>;
  /** Cannot be hidden. */
  readonly onlyRoot: string | undefined;
  /** Services that are hidden. */
  readonly draft: ReadonlySet<string>;
  readonly onToggle: (name: string) => void;
}

function ServiceList(props: ServiceListProps): ReactElement {
  const { shares, roots, onlyRoot, draft, onToggle } = props;
  return (
    <ul aria-label={traceText.traceServices}>
      {shares.map(({ name, spanCount, errorCount }) => (
        <li key={name}>
          <label>
            <input
              type="checkbox"
              checked={!draft.has(name)}
              disabled={name === onlyRoot}
              onChange={() => {
                onToggle(name);
              }}
            />
            <ServiceDot name={name} spanCount={spanCount} errorCount={errorCount} />
            {roots.has(name) && <span className="trace-pill">{traceText.filterRoot}</span>}
          </label>
        </li>
      ))}
    </ul>
  );
}
