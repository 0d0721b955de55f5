import { useSyncExternalStore } from 'react';
import { isObject, parsedJson } from '../../api/json-shape.ts';
import { tabStore } from '../../browser-store.ts';

/** A trace that was chosen for comparing, with what is said of it while it is in no result. */
export interface ChosenTrace {
  readonly traceId: string;
  readonly name: string;
}

const STORE_KEY = 'jaeger-ui-compare';
const CHANGED_EVENT = 'jaeger-ui-compare-chosen';
/** As many as one can look at; the address of the comparison names them all. */
const CHOSEN_MAX = 20;

interface CompareChoice {
  readonly chosen: readonly ChosenTrace[];
  readonly isChosen: (traceId: string) => boolean;
  readonly toggle: (trace: ChosenTrace) => void;
  readonly clear: () => void;
}

/** Kept for the browser tab: a further search does not lose what was chosen in the one before. */
export function useCompareChoice(): CompareChoice {
  const kept = useSyncExternalStore(onChosen, readKept);
  const chosen = parseChosen(kept);
  return {
    chosen,
    isChosen: (traceId) => chosen.some((other) => other.traceId === traceId),
    toggle: (trace) => {
      const others = chosen.filter(({ traceId }) => traceId !== trace.traceId);
      const added = others.length < chosen.length ? others : [...chosen, trace];
      keep(JSON.stringify(added.slice(-CHOSEN_MAX)));
    },
    clear: () => {
      keep('[]');
    },
  };
}

/** The page that compares the first two, with the others at hand. */
export function compareHref(chosen: readonly ChosenTrace[]): string {
  const [a = '', b = ''] = chosen.map(({ traceId }) => encodeURIComponent(traceId));
  const cohort = new URLSearchParams(chosen.map(({ traceId }) => ['cohort', traceId]));
  return `trace/${a}...${b}?${cohort}`;
}

function parseChosen(kept: string): readonly ChosenTrace[] {
  const parsed = parsedJson(kept);
  if (!Array.isArray(parsed)) return [];
  return parsed.flatMap((entry: unknown) => {
    const { traceId, name } = isObject(entry) ? entry : {};
    return typeof traceId === 'string' && typeof name === 'string' ? [{ traceId, name }] : [];
  });
}

function readKept(): string {
  return tabStore().getItem(STORE_KEY) ?? '[]';
}

function keep(chosen: string): void {
  tabStore().setItem(STORE_KEY, chosen);
  dispatchEvent(new Event(CHANGED_EVENT));
}

function onChosen(notify: () => void): () => void {
  addEventListener(CHANGED_EVENT, notify);
  return () => {
    removeEventListener(CHANGED_EVENT, notify);
  };
}
