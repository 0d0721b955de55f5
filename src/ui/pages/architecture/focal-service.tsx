import type { ReactElement } from 'react';
import { ServiceDot } from '../../components/service-dot.tsx';
import type { CalledService } from '../../../model/call-graph.ts';
import { followLink } from '../../routing.ts';
import { architectureText } from '../../text/architecture-text.ts';
import { type ArchitectureAddress, architectureHref } from './architecture-address.ts';

interface FocalServiceProps {
  readonly address: ArchitectureAddress;
  readonly services: readonly CalledService[];
}

/** What the page is focused on, and where to look further. */
export function FocalService({ address, services }: FocalServiceProps): ReactElement {
  const { service } = address;
  const {
    callsIn = 0,
    callers = 0,
    callsOut = 0,
    callees = 0,
  } = services.find(({ name }) => name === service) ?? {};
  const query = new URLSearchParams({ service });
  return (
    <section className="focal-service" aria-label={architectureText.focusOn}>
      <strong>
        <ServiceDot name={service} />
      </strong>
      <span className="muted numbers">
        {architectureText.traffic({ callsIn, callers, callsOut, callees })}
      </span>
      <a href={`search?${query}&lookback=1h`} onClick={followLink}>
        {architectureText.findTraces}
      </a>
      <a href={`deep-dependencies?${query}`} onClick={followLink}>
        {architectureText.deepDependencies}
      </a>
      <a href={architectureHref({ ...address, service: '' })} onClick={followLink}>
        {architectureText.showAll}
      </a>
    </section>
  );
}
