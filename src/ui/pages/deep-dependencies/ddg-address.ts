import { DENSITIES, type Density } from '../../../model/ddg-graph.ts';
import type { DdgFocus } from '../../../model/ddg-model.ts';
import { decodeVisible, encodeVisible, type Visible } from '../../../model/ddg-visibility.ts';

/** How the graph is looked at, by Jaeger's parameters; the same on every page that shows one. */
export interface DdgAddress {
  readonly density: Density;
  readonly showOperations: boolean;
  /** Undefined for what is near the focus. */
  readonly visible: Visible | undefined;
  readonly find: string;
  /** Id of the chosen decoration; '' for none. */
  readonly decoration: string;
}

export const DEFAULT_DENSITY: Density = 'ppe';

/** Operations are shown when the focus is one, unless the address says otherwise. */
export function readDdgAddress(search: string, focus: DdgFocus): DdgAddress {
  const url = new URLSearchParams(search);
  const density = url.get('density') ?? '';
  const showOperations = url.get('showOp');
  const visible = url.get('visEncoding');
  return {
    density: isDensity(density) ? density : DEFAULT_DENSITY,
    showOperations: showOperations === null ? focus.operation !== '' : showOperations === '1',
    visible: visible === null || visible === '' ? undefined : decodeVisible(visible),
    find: url.get('uiFind') ?? '',
    decoration: url.get('decoration') ?? '',
  };
}

/** The address with changes; all its other parameters stay. */
export function withDdgChange(search: string, change: Partial<DdgAddress>): string {
  const url = new URLSearchParams(search);
  const set = (name: string, value: string | undefined): void => {
    if (value === undefined || value === '') url.delete(name);
    else url.set(name, value);
  };
  if (change.density !== undefined) set('density', change.density);
  if (change.showOperations !== undefined) set('showOp', change.showOperations ? '1' : '0');
  if ('visible' in change) set('visEncoding', change.visible && encodeVisible(change.visible));
  if (change.find !== undefined) set('uiFind', change.find);
  if (change.decoration !== undefined) set('decoration', change.decoration);
  return `?${url}`;
}

function isDensity(text: string): text is Density {
  return Object.hasOwn(DENSITIES, text);
}
