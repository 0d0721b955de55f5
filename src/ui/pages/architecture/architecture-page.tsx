import './architecture-page.css';
import { type ReactElement, useMemo } from 'react';
import { useDependencies } from '../../api/dependencies.ts';
import { FailNotice, WaitNotice } from '../../components/notice.tsx';
import { lookbackSeconds } from '../../config/lookback.ts';
import { useUiConfig } from '../../config/ui-config.ts';
import {
  type CallLink,
  calledServices,
  linksAround,
  servicesLike,
} from '../../../model/call-graph.ts';
import type { PageProps } from '../../page-props.ts';
import { goTo } from '../../routing.ts';
import { architectureText } from '../../text/architecture-text.ts';
import { text } from '../../text/common-text.ts';
import {
  type ArchitectureAddress,
  architectureHref,
  type ArchitectureLayout,
  readArchitectureAddress,
} from './architecture-address.ts';
import { ArchitectureBar } from './architecture-bar.tsx';
import { ArchitectureGraph } from './architecture-graph.tsx';
import { CallTable } from './call-table.tsx';
import { FocalService } from './focal-service.tsx';
import { NoCalls, NotThere } from './no-calls.tsx';

/** Which services call which: all of them, or those around one. */
export function ArchitecturePage({ search }: PageProps): ReactElement {
  const address = readArchitectureAddress(search);
  const seconds = lookbackSeconds(address.lookback) ?? 0;
  const dependencies = useDependencies(seconds);
  return (
    <main id="content" className="architecture-page" tabIndex={-1}>
      <title>{`${text.architectureTitle} – ${text.product}`}</title>
      {dependencies.isSuccess ? (
        <Architecture address={address} links={dependencies.data} />
      ) : (
        <>
          <ArchitectureBar address={address} services={[]} found={undefined} layout={undefined} />
          {dependencies.isError ? (
            <FailNotice error={dependencies.error} retry={() => void dependencies.refetch()} />
          ) : (
            <WaitNotice>{architectureText.loading}</WaitNotice>
          )}
        </>
      )}
    </main>
  );
}

interface ArchitectureProps {
  readonly address: ArchitectureAddress;
  readonly links: readonly CallLink[];
}

function Architecture({ address, links }: ArchitectureProps): ReactElement {
  const { layeredLinksMax } = useUiConfig().graphs;
  const { service, depth } = address;
  const all = useMemo(() => calledServices(links).map(({ name }) => name), [links]);
  const shown = useMemo(
    () => (service === '' ? links : linksAround(links, service, depth)),
    [links, service, depth],
  );
  const services = useMemo(() => calledServices(shown), [shown]);
  const found = servicesLike(
    services.map(({ name }) => name),
    address.find,
  );
  const canBeLayered = shown.length <= layeredLinksMax;
  const layout = chosenLayout(address.layout, canBeLayered);
  return (
    <>
      <ArchitectureBar
        address={address}
        services={all}
        found={address.find === '' ? undefined : { count: found.size, of: services.length }}
        layout={layout}
        isLayeredOffered={canBeLayered}
      />
      {shown.length === 0 ? (
        <Nothing address={address} isAllEmpty={links.length === 0} />
      ) : (
        <>
          <div className="architecture-about">
            {service === '' ? (
              <p className="muted">{architectureText.focusHint}</p>
            ) : (
              <FocalService address={address} services={services} />
            )}
            {!canBeLayered && layout === 'force' && (
              <p className="muted">
                {architectureText.tooManyLinks(shown.length, layeredLinksMax)}
              </p>
            )}
          </div>
          {layout === 'table' ? (
            <CallTable links={shown} found={found} focusHref={(name) => focusHref(address, name)} />
          ) : (
            <ArchitectureGraph
              {...{ services, found, layout }}
              links={shown}
              focal={service}
              onFocus={(name) => {
                goTo(focusHref(address, name));
              }}
            />
          )}
        </>
      )}
    </>
  );
}

function Nothing({
  address,
  isAllEmpty,
}: {
  readonly address: ArchitectureAddress;
  readonly isAllEmpty: boolean;
}): ReactElement {
  if (isAllEmpty) return <NoCalls address={address} />;
  return <NotThere address={address} />;
}

function focusHref(address: ArchitectureAddress, service: string): string {
  return architectureHref({ ...address, service });
}

function chosenLayout(
  asked: ArchitectureLayout | undefined,
  canBeLayered: boolean,
): ArchitectureLayout {
  if (asked === 'table') return asked;
  return canBeLayered ? (asked ?? 'hierarchical') : 'force';
}
