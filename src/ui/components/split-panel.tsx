import './split-panel.css';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  type ReactElement,
  type ReactNode,
  useId,
  useState,
} from 'react';
import { browserStore } from '../browser-store.ts';
import { text } from '../text/common-text.ts';

const NARROWEST_PX = 220;
const WIDEST_PX = 1_200;
const DEFAULT_PX = 340;
const KEY_STEP_PX = 24;
const STORE_KEY = 'jaeger-ui-panel';

interface SplitPanelProps {
  /** Under which width and state are remembered. */
  readonly name: string;
  readonly side: 'left' | 'right';
  readonly label: string;
  /** Without one, the content has all the room. */
  readonly panel: ReactElement | undefined;
  /** Pixels, until a person has chosen. */
  readonly width?: number;
  readonly children: ReactNode;
}

/**
 * Content with a panel beside it that can be made wider and narrower (pointer, arrow keys) and folded
 * away (its button, Enter on the handle). On a narrow screen one stands below the other.
 */
export function SplitPanel(props: SplitPanelProps): ReactElement {
  const { name, side, label, panel, children } = props;
  const { kept, keep } = useKept(name, props.width ?? DEFAULT_PX);
  const id = useId();
  const style: CSSProperties & Record<'--panel-width', string> = {
    '--panel-width': `${kept.width}px`,
  };
  const handle = panel && <Handle {...{ side, label, kept, keep, id }} />;
  // On a narrow screen there is no handle to unfold it again: the style sheet shows it there.
  const aside = panel && (
    <section id={id} className="split-panel" aria-label={label} data-open={kept.open}>
      {panel}
    </section>
  );
  return (
    <div className="split" data-side={side} style={style}>
      {side === 'left' && aside}
      {side === 'left' && handle}
      <div className="split-main">{children}</div>
      {side === 'right' && handle}
      {side === 'right' && aside}
    </div>
  );
}

interface Kept {
  readonly width: number;
  readonly open: boolean;
}

interface HandleProps {
  readonly side: 'left' | 'right';
  readonly label: string;
  /** Of the panel. */
  readonly id: string;
  readonly kept: Kept;
  readonly keep: (kept: Kept) => void;
}

function Handle({ side, label, id, kept, keep }: HandleProps): ReactElement {
  const toggle = (): void => {
    keep({ ...kept, open: !kept.open });
  };
  const toggleLabel = kept.open ? text.hidePanel(label) : text.showPanel(label);
  const Arrow = kept.open === (side === 'left') ? ChevronLeft : ChevronRight;
  return (
    <div className="split-handle" data-open={kept.open}>
      {kept.open && (
        <div
          className="split-grip"
          role="separator"
          aria-orientation="vertical"
          aria-label={text.panelWidth(label)}
          aria-controls={id}
          aria-valuenow={kept.width}
          aria-valuemin={NARROWEST_PX}
          aria-valuemax={WIDEST_PX}
          tabIndex={0}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
          }}
          onPointerMove={(event) => {
            const width = draggedWidth(event, side);
            if (width !== undefined) keep({ width: clamped(width), open: true });
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') toggle();
            const step = keyStep(event, side);
            if (step === 0) return;
            event.preventDefault();
            keep({ width: clamped(kept.width + step), open: true });
          }}
        />
      )}
      <button
        type="button"
        className="split-toggle"
        aria-label={toggleLabel}
        aria-expanded={kept.open}
        aria-controls={id}
        title={toggleLabel}
        onClick={toggle}
      >
        <Arrow size={14} aria-hidden />
      </button>
    </div>
  );
}

function draggedWidth(event: PointerEvent, side: 'left' | 'right'): number | undefined {
  if (!event.currentTarget.hasPointerCapture(event.pointerId)) return undefined;
  const whole = event.currentTarget.closest('.split')?.getBoundingClientRect();
  if (whole === undefined) return undefined;
  return side === 'left' ? event.clientX - whole.left : whole.right - event.clientX;
}

function keyStep({ key }: KeyboardEvent, side: 'left' | 'right'): number {
  const wider = side === 'left' ? 'ArrowRight' : 'ArrowLeft';
  const narrower = side === 'left' ? 'ArrowLeft' : 'ArrowRight';
  return key === wider ? KEY_STEP_PX : key === narrower ? -KEY_STEP_PX : 0;
}

function clamped(width: number): number {
  return Math.round(Math.min(WIDEST_PX, Math.max(NARROWEST_PX, width)));
}

function useKept(name: string, initial: number): { kept: Kept; keep: (kept: Kept) => void } {
  const key = `${STORE_KEY}-${name}`;
  const [kept, setKept] = useState(() => readKept(browserStore().getItem(key), initial));
  const keep = (next: Kept): void => {
    setKept(next);
    browserStore().setItem(key, `${next.width} ${next.open ? 'open' : 'closed'}`);
  };
  return { kept, keep };
}

/** `340 open` */
function readKept(kept: string | null, initial: number): Kept {
  const [width = '', state] = kept?.split(' ') ?? [];
  const number = Number(width || NaN);
  return { width: Number.isFinite(number) ? clamped(number) : initial, open: state !== 'closed' };
}
