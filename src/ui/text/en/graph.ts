import { plural } from './counting.ts';

/** What every graph says. */
export const wording = {
  keys: 'Tab goes to the nodes and Enter opens one. Arrow keys move, plus and minus zoom, 0 shows everything and once more the beginning.',
  tools: 'Zoom',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  fit: 'Show everything',
  layingOut: (nodes: number) => `Arranging ${plural(nodes, 'node')}…`,
  layoutFailed: (reason: string) => `The graph could not be arranged: ${reason}`,
  connections: (count: number) => plural(count, 'connection'),
  connection: (from: string, to: string, label: string) =>
    label === '' ? `${from} to ${to}` : `${from} to ${to}: ${label}`,
} as const;
