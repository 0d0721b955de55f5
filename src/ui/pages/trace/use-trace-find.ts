import { useDeferredValue, useMemo } from 'react';
import { findRows } from '../../../model/find-spans.ts';
import { hideRows, type HiddenRows } from '../../../model/hidden-rows.ts';
import type { TreeRow } from '../../../model/trace-tree.ts';
import { useFindText } from './use-find-text.ts';

export interface TraceFind {
  readonly typed: string;
  readonly setTyped: (text: string) => void;
  /** The text that `found` belongs to; a moment behind what is typed. */
  readonly text: string;
  /** Rows that match and are not pruned, ascending. */
  readonly found: readonly number[];
  readonly foundSet: ReadonlySet<number>;
  readonly hidden: HiddenRows | undefined;
}

interface FindOptions {
  readonly traceId: string;
  readonly search: string;
  readonly rows: readonly TreeRow[];
  /** Services that are pruned. */
  readonly services: ReadonlySet<string>;
}

/** What is looked for, where it is, and what is left out for it. */
export function useTraceFind({ traceId, search, rows, services }: FindOptions): TraceFind {
  const parameters = new URLSearchParams(search);
  const isOnly = parameters.has('uiFindOnly');
  const [typed, setTyped] = useFindText(traceId, parameters.get('uiFind') ?? '');
  const text = useDeferredValue(typed);
  const all = useMemo(() => findRows(rows, text), [rows, text]);
  const only = isOnly && text.trim() !== '' ? all : undefined;
  const hidden = useMemo(() => hideRows(rows, { services, only }), [rows, services, only]);
  const found = useMemo(
    () => (hidden === undefined ? all : all.filter((index) => hidden.isHidden[index] === 0)),
    [all, hidden],
  );
  const foundSet = useMemo(() => new Set(found), [found]);
  return { typed, setTyped, text, found, foundSet, hidden };
}
