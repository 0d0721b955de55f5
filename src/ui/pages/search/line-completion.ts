import { useEffect, useState } from 'react';
import { lineSpot, type LineSpot, writtenKey, writtenValue } from '../../../model/search-line.ts';
import { SPAN_KINDS, STATUS_CODES } from '../../../model/span.ts';
import { useAttributeKeys, useAttributeValues } from '../../api/attributes.ts';
import { useOperations, useServices } from '../../api/services.ts';

/** What may stand where the caret is. */
export interface LineCompletion {
  /** Where the text begins that an option replaces; it ends at the caret. */
  readonly from: number;
  /** As they are written into the line. */
  readonly options: readonly string[];
}

const MAX_OPTIONS = 40;
/** Typing on must not ask for each letter. */
const PAUSE_MS = 150;
const SERVICE = 'service:';
const OPERATION = 'operation:';
/** What can stand after fields whose values are no stored texts. */
const WORDS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['kind', SPAN_KINDS],
  ['status', STATUS_CODES],
  ['dur', []],
  ['duration', []],
  ['trace:duration', []],
]);
const FIELDS = ['dur>', 'kind=', 'status=', 'name='];
/** Before a key, where it is looked for; stored keys are without. */
const PLACE = /^(?:any|span|resource|scope|event|link)\./;

interface CompletionContext {
  /** The text up to the caret; undefined while the field is not used. */
  readonly before: string | undefined;
  /** Whose attributes and operations are offered; '' for all. */
  readonly service: string;
  /** Whether the line names the service itself. */
  readonly named: boolean;
}

/** Completes names, keys and values from what is stored. */
export function useLineCompletion({ before, service, named }: CompletionContext): LineCompletion {
  const spot = before === undefined ? undefined : lineSpot(before);
  const keys = useAttributeKeys(service, spot?.type === 'key');
  const values = useValues(spot, service);
  if (spot === undefined) return { from: 0, options: [] };
  if (spot.type === 'value') return optionsAt(spot, values.map(writtenValue));
  const own = named ? [SERVICE, OPERATION, ...FIELDS] : FIELDS;
  const [place = ''] = PLACE.exec(spot.typed) ?? [];
  const stored = (keys.data ?? []).map(writtenKey);
  // A key in quotes is one as a whole: no place stands before it.
  const fitting = place === '' ? stored : stored.filter((key) => !key.startsWith('"'));
  return optionsAt(spot, [...own, ...fitting.map((key) => `${place}${key}=`)]);
}

/** What can stand after the key, as far as it is known. */
function useValues(spot: LineSpot | undefined, service: string): readonly string[] {
  const key = spot?.type === 'value' ? spot.key : '';
  const typed = useDelayed(spot?.typed ?? '');
  const words = WORDS.get(key);
  const source = key === SERVICE ? 'services' : isOperation(key) ? 'operations' : 'values';
  const isAttribute = key !== '' && words === undefined && source === 'values';
  const stored = {
    services: useServices(source === 'services'),
    operations: useOperations(source === 'operations' ? service : ''),
    values: useAttributeValues(key.replace(PLACE, ''), isAttribute ? typed : undefined),
  };
  return words ?? stored[source].data ?? [];
}

function isOperation(key: string): boolean {
  return key === OPERATION || key === 'name';
}

/** Those that begin like what is typed before those that only contain it. */
function optionsAt({ from, typed }: LineSpot, options: readonly string[]): LineCompletion {
  const wanted = typed.toLowerCase();
  const inQuotes = (option: string): string => option.replace(/^"/, '').toLowerCase();
  const starting = options.filter((option) => inQuotes(option).startsWith(wanted));
  const inside = options.filter(
    (option) => !inQuotes(option).startsWith(wanted) && option.toLowerCase().includes(wanted),
  );
  const fitting = [...starting, ...inside].filter((option) => option !== typed);
  return { from, options: fitting.slice(0, MAX_OPTIONS) };
}

function useDelayed(value: string): string {
  const [delayed, setDelayed] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => {
      setDelayed(value);
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [value]);
  return delayed;
}
