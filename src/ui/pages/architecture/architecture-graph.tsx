import { type ReactElement, useMemo } from 'react';
import { type GraphEdge, type GraphNode, GraphView } from '../../components/graph/graph-view.tsx';
import { ServiceBox, serviceBoxSize } from '../../components/graph/service-box.tsx';
import type { CalledService, CallLink } from '../../../model/call-graph.ts';
import { shortNumber } from '../../number-text.ts';
import { architectureText } from '../../text/architecture-text.ts';

interface ArchitectureGraphProps {
  readonly services: readonly CalledService[];
  readonly links: readonly CallLink[];
  readonly layout: 'hierarchical' | 'force';
  /** '' for none. */
  readonly focal: string;
  readonly found: ReadonlySet<string>;
  readonly onFocus: (service: string) => void;
}

interface ServiceNode extends GraphNode {
  readonly service: CalledService;
  readonly note: string;
}

/** A box for each service, a line for each pair that calls. */
export function ArchitectureGraph(props: ArchitectureGraphProps): ReactElement {
  const { services, links, layout, focal, found, onFocus } = props;
  const nodes = useMemo(() => services.map(serviceNode), [services]);
  const edges = useMemo(() => links.map(callEdge), [links]);
  const faded = useMemo(
    () =>
      found.size === 0
        ? new Set<string>()
        : new Set(services.map(({ name }) => name).filter((name) => !found.has(name))),
    [services, found],
  );
  return (
    <div className="graph-room">
      <GraphView
        label={architectureText.graphLabel(services.length, links.length)}
        nodes={nodes}
        edges={edges}
        layout={layout === 'force' ? 'force' : 'layered'}
        renderNode={({ service, note }) => (
          <ServiceBox name={service.name} note={note} focal={service.name === focal} />
        )}
        nodeLabel={({ service }) => serviceSentence(service)}
        onNode={onFocus}
        {...(focal !== '' && { selected: focal })}
        emphasized={found}
        faded={faded}
      />
    </div>
  );
}

function serviceNode(service: CalledService): ServiceNode {
  const { name, callsIn, callsOut } = service;
  const parts = [
    callsIn > 0 ? architectureText.callsIn(shortNumber(callsIn)) : '',
    callsOut > 0 ? architectureText.callsOut(shortNumber(callsOut)) : '',
  ];
  const note = parts.filter((part) => part !== '').join(' · ');
  return { id: name, ...serviceBoxSize(name, note), service, note };
}

function callEdge({ parent, child, callCount }: CallLink): GraphEdge {
  return {
    from: parent,
    to: child,
    label: shortNumber(callCount),
    title: architectureText.link(parent, child, callCount),
    weight: callCount,
  };
}

function serviceSentence(service: CalledService): string {
  const traffic = architectureText.traffic(service);
  return traffic === '' ? service.name : `${service.name}: ${traffic}`;
}
