import { type RefObject, useEffect } from 'react';
import { rowsInSight } from './rows-in-sight.ts';
import type { TraceAction } from './trace-view.ts';

/** Keys that change the view; Jaeger's letters. */
const ACTIONS: ReadonlyMap<string, TraceAction> = new Map<string, TraceAction>([
  ['f', { type: 'step', by: 1 }],
  ['j', { type: 'step', by: 1 }],
  ['b', { type: 'step', by: -1 }],
  ['k', { type: 'step', by: -1 }],
  ['Enter', { type: 'toggle-active-detail' }],
  ['[', { type: 'expand-all' }],
  [']', { type: 'collapse-all' }],
  ['o', { type: 'expand-one' }],
  ['p', { type: 'collapse-one' }],
  ['a', { type: 'pan', share: -0.1 }],
  ['ArrowLeft', { type: 'pan', share: -0.1 }],
  ['A', { type: 'pan', share: -0.5 }],
  ['d', { type: 'pan', share: 0.1 }],
  ['ArrowRight', { type: 'pan', share: 0.1 }],
  ['D', { type: 'pan', share: 0.5 }],
  ['ArrowUp', { type: 'zoom', factor: 0.8 }],
  ['ArrowDown', { type: 'zoom', factor: 1.25 }],
]);
const SHIFTED: ReadonlyMap<string, TraceAction> = new Map<string, TraceAction>([
  ['ArrowLeft', { type: 'pan', share: -0.5 }],
  ['ArrowRight', { type: 'pan', share: 0.5 }],
  ['ArrowUp', { type: 'zoom', factor: 0.4 }],
  ['ArrowDown', { type: 'zoom', factor: 2.5 }],
]);
const SCROLL_PX = 168;

export interface TraceKeyTargets {
  /** Undefined while another view than the timeline is shown. */
  readonly dispatch: ((action: TraceAction) => void) | undefined;
  readonly scroller: RefObject<HTMLElement | null>;
  readonly findInput: RefObject<HTMLInputElement | null>;
  readonly clearFind: () => void;
  readonly toggleHelp: () => void;
}

/** Listens while the page is shown; keys typed into a field stay there. */
export function useTraceKeys(targets: TraceKeyTargets): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (handleKey(event, targets)) event.preventDefault();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => {
      document.removeEventListener('keydown', onKeyDown);
    };
  }, [targets]);
}

/** True when the key meant something here. */
function handleKey(event: KeyboardEvent, targets: TraceKeyTargets): boolean {
  if (event.ctrlKey && event.key === 'b') {
    targets.findInput.current?.focus();
    targets.findInput.current?.select();
    return true;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.key === 'Escape' && document.querySelector('dialog[open]') === null) {
    targets.clearFind();
    // The keys that follow are for the timeline again.
    targets.findInput.current?.blur();
    return true;
  }
  return !belongsToControl(event.target, event.key) && handlePlainKey(event, targets);
}

function handlePlainKey({ key, shiftKey }: KeyboardEvent, targets: TraceKeyTargets): boolean {
  if (key === '?') {
    targets.toggleHelp();
    return true;
  }
  if (targets.dispatch === undefined) return false;
  if (key === 'w' || key === 's') {
    targets.scroller.current?.scrollBy({ top: key === 's' ? SCROLL_PX : -SCROLL_PX });
    return true;
  }
  const action = (shiftKey ? SHIFTED.get(key) : undefined) ?? ACTIONS.get(key);
  if (action !== undefined) targets.dispatch(fromSight(action, targets.scroller.current));
  return action !== undefined;
}

function fromSight(action: TraceAction, scroller: HTMLElement | null): TraceAction {
  if (action.type !== 'step' || scroller === null) return action;
  return { ...action, sight: rowsInSight(scroller) };
}

function belongsToControl(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('input, textarea, select, dialog') !== null) return true;
  const pressed = key === 'Enter' && target.closest('button, a, summary') !== null;
  return pressed || target.closest('[role="separator"]') !== null;
}
