import { wholeNumber } from '../../number-text.ts';
import { plural, wholeUnits } from './counting.ts';

const percentages = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });

/** How often a service is called by how many others, and calls others itself. */
interface Traffic {
  readonly callsIn: number;
  readonly callers: number;
  readonly callsOut: number;
  readonly callees: number;
}

/** What the page of the system's architecture says. */
export const wording = {
  loading: 'Asking who called whom…',
  allServices: 'All services',
  focalService: 'Focal service',
  depth: 'Depth',
  depthHint: 'Calls between the focal service and the farthest that is shown',
  levels: (count: number) => plural(count, 'level'),
  layout: 'View',
  layouts: { hierarchical: 'Hierarchical', force: 'Force directed', table: 'Table' },
  lookback: 'Lookback',
  lastRange: (seconds: number) => `Last ${wholeUnits(seconds)}`,
  find: 'Find a service',
  findPlaceholder: 'Part of a name',
  found: (found: number, all: number) => `${wholeNumber(found)} of ${wholeNumber(all)}`,
  reset: 'Reset',
  tooManyLinks: (links: number, max: number) =>
    `${wholeNumber(links)} connections, more than the ${wholeNumber(max)} that are drawn in layers: choose a focal service or a smaller depth for the hierarchy.`,
  graphLabel: (services: number, links: number) =>
    `Graph of ${plural(services, 'service')} and ${plural(links, 'connection')}`,
  /** Of one service; 0 callers or callees for a side that has none. */
  traffic: ({ callsIn, callers, callsOut, callees }: Traffic) =>
    [
      callers > 0 ? `called ${plural(callsIn, 'time')} by ${plural(callers, 'service')}` : '',
      callees > 0 ? `calls ${plural(callees, 'service')} ${plural(callsOut, 'time')}` : '',
    ]
      .filter((part) => part !== '')
      .join(', '),
  callsIn: (calls: string) => `${calls} in`,
  callsOut: (calls: string) => `${calls} out`,
  link: (parent: string, child: string, calls: number) =>
    `${parent} called ${child} ${plural(calls, 'time')}`,
  tableCaption: 'Calls between services',
  caller: 'Caller',
  callee: 'Callee',
  calls: 'Calls',
  share: 'Share',
  shareHint: 'Of all calls of this caller',
  percent: (share: number) => percentages.format(share),
  focus: (name: string) => `Focus ${name}`,
  focusOn: 'Focused on',
  findTraces: 'Find its traces',
  deepDependencies: 'Its deep dependencies',
  focusHint: 'Choose a service to see only what is around it.',
  showAll: 'Show all services',
  notThereTitle: (service: string) => `${service} neither calls nor is called`,
  notThereHint: 'At least not in this time. Choose a longer lookback, or look at all services.',
  emptyTitle: 'No calls between services',
  emptyHint: (seconds: number) =>
    `In the last ${wholeUnits(seconds)} no span had its parent in another service. A call shows up here as soon as both of its sides send spans of the same trace.`,
  emptyPropagation:
    'Services send spans but nothing connects them? Then the trace context is lost between them: let the caller send the traceparent header, and the callee read it.',
  emptyLonger: (seconds: number) => `Look at the last ${wholeUnits(seconds)}`,
  emptySearch: 'See what has arrived',
} as const;
