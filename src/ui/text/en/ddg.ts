import { wholeNumber } from '../../number-text.ts';
import { plural } from './counting.ts';

/** What the deep dependency graph says. */
export const wording = {
  chooseTitle: 'Choose a service',
  chooseHint:
    'The graph shows every way that requests took through it, from where they came to where they ended.',
  services: 'Services',
  chooseService: 'Choose a service',
  loading: (service: string) => `Following recent requests through ${service}…`,
  emptyTitle: 'No requests through this service',
  emptyHint: (service: string) =>
    `None of the recent traces passes ${service}. Choose another service or operation, or look for its traces.`,
  emptyOfTraces: (service: string) => `None of these traces passes ${service}.`,
  findTraces: 'Find its traces',
  anyService: 'A service of these traces',
  density: 'Density',
  densities: {
    mc: 'Most concise',
    uvd: 'Upstream vs. downstream',
    opl: 'One per level',
    ppe: 'Prevent path entanglement',
    evi: 'External vs. internal',
  },
  densityHints: {
    mc: 'Each service once',
    uvd: 'Each service once on either side of the focus',
    opl: 'Each service once at each distance from the focus',
    ppe: 'Each way to the focus is drawn by itself',
    evi: 'As before, and ends of ways are apart from stops on the way',
  },
  showOperations: 'Show operations',
  upstream: 'Callers',
  downstream: 'Callees',
  hopTitle: (distance: number, shown: number, count: number) =>
    `${plural(distance, 'call')} away: ${wholeNumber(shown)} of ${wholeNumber(count)} hops shown`,
  hopsNone: 'none',
  fewer: (direction: string) => `${direction}: one level less`,
  more: (direction: string) => `${direction}: one level more`,
  decoration: 'Decoration',
  noDecoration: 'None',
  find: 'Find',
  findPlaceholder: 'Service or operation',
  matches: (count: number) => (count === 0 ? 'no match' : plural(count, 'match', 'es')),
  hiddenMatches: (count: number) => `Show ${plural(count, 'hidden match', 'es')}`,
  reset: 'Reset',
  graphLabel: (service: string, nodes: number) =>
    `Graph of requests through ${service}: ${plural(nodes, 'node')}`,
  operations: (count: number) => plural(count, 'operation'),
  node: (service: string, operations: string) =>
    operations === '' ? service : `${service}, ${operations}`,
  focalNode: (name: string) => `${name} (focus)`,
  call: (from: string, to: string, paths: number) =>
    `${from} calls ${to} in ${plural(paths, 'path')}`,
  panel: 'Node',
  focus: 'This is the focus.',
  distance: (distance: number) =>
    distance < 0
      ? `${plural(-distance, 'call')} before the focus`
      : `${plural(distance, 'call')} after the focus`,
  paths: (count: number) => `part of ${plural(count, 'path')}`,
  closePanel: 'Close',
  setFocus: 'Set as focus',
  viewTraces: 'View traces',
  focusPaths: 'Only paths through here',
  hide: 'Hide this and beyond',
  showCallers: (count: number) => `Show callers (${wholeNumber(count)} hidden)`,
  hideCallers: 'Hide callers',
  showCallees: (count: number) => `Show callees (${wholeNumber(count)} hidden)`,
  hideCallees: 'Hide callees',
  moreOperations: (count: number) => `and ${wholeNumber(count)} more`,
  decorationValue: (name: string, value: string) => `${name}: ${value}`,
  loadingDetail: 'Asking for the details…',
  noDetail: 'There are no details.',
  detailFailed: (reason: string) => `The details could not be had: ${reason}`,
} as const;
