import type { ReactElement } from 'react';
import type { TreeRow } from '../../../model/trace-tree.ts';
import type { LinePlaces } from './line-places.ts';
import { guideProperty, guidesBeside } from './row-indent.ts';
import { ROW_PX } from './use-line-window.ts';

interface TimelineGuidesProps {
  readonly rows: readonly TreeRow[];
  /** Those that are drawn, and the place of the first of them. */
  readonly lines: Int32Array;
  readonly first: number;
  readonly places: LinePlaces;
  readonly nameWidth: number;
}

/**
 * The lines that lead from rows down to their descendants: one element each, however many rows it
 * passes. Its colour is a property of its own, so that one change highlights it.
 */
export function TimelineGuides(props: TimelineGuidesProps): ReactElement {
  const { rows, lines, first, places, nameWidth } = props;
  return (
    <>
      {guidesBeside(rows, lines, first, nameWidth).map((guide) => {
        const top = places.top(guide.first);
        return (
          <i
            key={guide.index}
            className="timeline-guide"
            aria-hidden
            style={{
              ...{ left: guide.x, top, height: places.top(guide.last) + ROW_PX - top },
              background: `var(${guideProperty(guide.index)}, var(--line))`,
            }}
          />
        );
      })}
    </>
  );
}
