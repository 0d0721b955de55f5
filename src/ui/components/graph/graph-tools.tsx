import { Maximize, Minus, Plus } from 'lucide-react';
import type { ReactElement } from 'react';
import { graphText } from '../../text/graph-text.ts';
import { IconButton } from '../icon-button.tsx';
import { ZOOM_STEP } from './pan-and-zoom.ts';
import type { ViewportMoves } from './use-viewport.ts';

/** What the wheel and the keys do, to click. */
export function GraphTools({ moves }: { readonly moves: ViewportMoves }): ReactElement {
  const tools = [
    {
      label: graphText.zoomIn,
      Icon: Plus,
      act: () => {
        moves.zoom(ZOOM_STEP);
      },
    },
    {
      label: graphText.zoomOut,
      Icon: Minus,
      act: () => {
        moves.zoom(1 / ZOOM_STEP);
      },
    },
    { label: graphText.fit, Icon: Maximize, act: moves.fit },
  ];
  return (
    <div className="graph-tools" role="group" aria-label={graphText.tools}>
      {tools.map(({ label, Icon, act }) => (
        <IconButton key={label} label={label} Icon={Icon} onClick={act} />
      ))}
    </div>
  );
}
