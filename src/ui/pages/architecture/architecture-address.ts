import { lookbackSeconds } from '../../config/lookback.ts';

/** What the address says of the page. Jaeger's own parameter is `uiFind`; unknown ones do not harm. */
export interface ArchitectureAddress {
  /** '' for all. */
  readonly service: string;
  /** Calls between the focal service and the farthest that is shown. */
  readonly depth: number;
  /** Undefined for what suits the number of links. */
  readonly layout: ArchitectureLayout | undefined;
  readonly lookback: string;
  readonly find: string;
}

export type ArchitectureLayout = 'hierarchical' | 'force' | 'table';

/** Jaeger asks for a week, and shows five levels. */
export const DEFAULT_LOOKBACK = '7d';
export const DEFAULT_DEPTH = 5;
export const DEPTH_MAX = 20;
export const LOOKBACK_CHOICES: readonly string[] = ['1h', '6h', '24h', '2d', '7d', '2w', '4w'];

const LAYOUTS: readonly ArchitectureLayout[] = ['hierarchical', 'force', 'table'];

export function readArchitectureAddress(search: string): ArchitectureAddress {
  const url = new URLSearchParams(search);
  const depth = Number(url.get('depth') ?? DEFAULT_DEPTH);
  const lookback = url.get('lookback') ?? '';
  return {
    service: url.get('service') ?? '',
    depth: Number.isInteger(depth) && depth >= 1 && depth <= DEPTH_MAX ? depth : DEFAULT_DEPTH,
    layout: LAYOUTS.find((layout) => layout === url.get('layout')),
    lookback: lookbackSeconds(lookback) === undefined ? DEFAULT_LOOKBACK : lookback,
    find: url.get('uiFind') ?? '',
  };
}

/** Relative to the base path; what is as usual is left out. */
export function architectureHref(address: ArchitectureAddress): string {
  const { service, depth, layout, lookback, find } = address;
  const url = new URLSearchParams();
  if (service !== '') url.set('service', service);
  if (depth !== DEFAULT_DEPTH) url.set('depth', String(depth));
  if (layout !== undefined) url.set('layout', layout);
  if (lookback !== DEFAULT_LOOKBACK) url.set('lookback', lookback);
  if (find !== '') url.set('uiFind', find);
  return url.size === 0 ? 'dependencies' : `dependencies?${url}`;
}
