import { type DOMAttributes, useRef } from 'react';
import type { TreeRow } from '../../../model/trace-tree.ts';
import { guideAt, guideProperty } from './row-indent.ts';

/** The pointer over a name highlights the line of the ancestor that is nearest, on all its rows. */
export function useGuides(
  rows: readonly TreeRow[],
  nameWidth: number,
): Pick<DOMAttributes<HTMLElement>, 'onPointerMove' | 'onPointerLeave'> {
  const shown = useRef('');
  // Set by hand: a state would draw every row in sight anew with each move of the pointer.
  const show = (element: HTMLElement, property: string): void => {
    if (property === shown.current) return;
    element.style.removeProperty(shown.current);
    if (property !== '') element.style.setProperty(property, 'var(--accent)');
    shown.current = property;
  };
  return {
    onPointerMove: (event) => {
      const element = event.currentTarget;
      const target = event.target instanceof Element ? event.target : undefined;
      const index = target?.closest<HTMLElement>('.timeline-line')?.dataset['index'];
      const row = rows[Number(index ?? NaN)];
      const isName = target?.closest('.timeline-names') !== null;
      if (row === undefined || !isName || row.parent === -1) {
        show(element, '');
        return;
      }
      const x = event.clientX - element.getBoundingClientRect().left;
      show(element, guideProperty(guideAt(rows, row, { x, nameWidth })));
    },
    onPointerLeave: (event) => {
      show(event.currentTarget, '');
    },
  };
}

/** A line at the pointer through the ruler and all lanes, to read times against one another. */
export const CURSOR_GUIDE: Pick<DOMAttributes<HTMLElement>, 'onPointerMove' | 'onPointerLeave'> = {
  onPointerMove: ({ currentTarget, target, clientX }) => {
    const isTime =
      target instanceof Element && target.closest('.timeline-lane, .timeline-ruler') !== null;
    const x = clientX - currentTarget.getBoundingClientRect().left;
    if (isTime) currentTarget.style.setProperty('--cursor', `${Math.round(x)}px`);
    else currentTarget.style.removeProperty('--cursor');
  },
  onPointerLeave: ({ currentTarget }) => {
    currentTarget.style.removeProperty('--cursor');
  },
};
