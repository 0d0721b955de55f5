import {
  type KeyboardEvent,
  type PointerEvent,
  type ReactElement,
  type RefObject,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import { boxAt, type FlameBox, layoutFlame } from '../../../../../model/flame-layout.ts';
import type { PathNode } from '../../../../../model/path-tree.ts';
import { useElementSize } from '../../../../components/graph/element-size.ts';
import { flamegraphText } from '../../../../text/trace-flamegraph-text.ts';
import { PathFacts } from '../path-facts.tsx';
import { drawFlame, type FlameColors, type FlameDrawing, LEVEL_PX } from './draw-flame.ts';
import { type Flame, heaviestChild, workShare } from './flame.ts';
import { useFlameColors } from './flame-colors.ts';

interface FlameChartProps {
  readonly flame: Flame;
  /** -1 for all roots. */
  readonly focus: number;
  readonly collapsed: boolean;
  readonly isLit: ((node: number) => boolean) | undefined;
  /** -1 for none. */
  readonly selected: number;
  readonly onSelect: (node: number) => void;
  readonly onZoom: (node: number) => void;
  readonly onReset: () => void;
}

type Levels = readonly (readonly FlameBox[])[];

/**
 * The flame graph itself: time across, calls downwards. It is one stop of the Tab key; the arrow
 * keys go from box to box and what they are on is said below. The table has the same numbers.
 */
export function FlameChart(props: FlameChartProps): ReactElement {
  const { flame, focus, collapsed, isLit, selected, onSelect, onZoom } = props;
  const { ref, size } = useElementSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [hovered, setHovered] = useState(-1);
  const helpId = useId();
  const levels = useMemo(
    () => layoutFlame(flame.tree, flame.weights, { focus, collapsed, width: size.width }),
    [flame, focus, collapsed, size.width],
  );
  const colors = useFlameColors();
  const { nodes } = flame.tree;
  const drawn = useMemo(
    () => ({ colors, levels, nodes, isLit, selected, hovered, ...size }),
    [colors, levels, nodes, isLit, selected, hovered, size],
  );
  useDrawing(canvas, ref, drawn);
  const nodeAt = (event: PointerEvent): number =>
    nodeUnder(event, levels, canvas.current, ref.current);
  return (
    <div className="flame-chart">
      <div
        className="flame-scroll"
        ref={ref}
        tabIndex={0}
        role="application"
        aria-label={flamegraphText.chart}
        aria-describedby={helpId}
        onScroll={() => {
          drawChart(canvas.current, ref.current, drawn);
        }}
        onPointerMove={(event) => {
          setHovered(nodeAt(event));
        }}
        onPointerLeave={() => {
          setHovered(-1);
        }}
        onPointerUp={(event) => {
          const node = nodeAt(event);
          if (node < 0) return;
          onSelect(node);
          if (event.button === 0) onZoom(node);
        }}
        onContextMenu={(event) => {
          // Chooses the box only: what can be done with it stands above.
          if (hovered >= 0) event.preventDefault();
        }}
        onFocus={() => {
          if (selected < 0) onSelect(focus < 0 ? (flame.tree.roots[0] ?? -1) : focus);
        }}
        onKeyDown={(event) => {
          const step = keyStep(event, { ...props, levels });
          if (step === undefined) return;
          event.preventDefault();
          // The page has keys of its own for the same.
          event.stopPropagation();
          step();
          scrollTo(ref.current, levels, selected);
        }}
      >
        <div style={{ height: levels.length * LEVEL_PX }}>
          <canvas ref={canvas} aria-hidden="true" data-pointed={hovered >= 0} />
        </div>
      </div>
      <p id={helpId} className="only-read-aloud">
        {flamegraphText.keys}
      </p>
      <FlameFacts flame={flame} node={flame.tree.nodes[hovered >= 0 ? hovered : selected]} />
    </div>
  );
}

function FlameFacts({ flame, node }: { flame: Flame; node: PathNode | undefined }): ReactElement {
  const share = node === undefined ? 0 : workShare(flame, node);
  return (
    <PathFacts node={node} hint={flamegraphText.hint}>
      <span>{flamegraphText.shareOf(`${(share * 100).toFixed(1)} %`)}</span>
    </PathFacts>
  );
}

function nodeUnder(
  event: PointerEvent,
  levels: Levels,
  canvas: HTMLCanvasElement | null,
  scroller: HTMLElement | null,
): number {
  if (canvas === null || scroller === null) return -1;
  const place = canvas.getBoundingClientRect();
  const level = Math.floor((event.clientY - place.top + scroller.scrollTop) / LEVEL_PX);
  return boxAt(levels[level] ?? [], event.clientX - place.left)?.node ?? -1;
}

type Drawn = Omit<FlameDrawing, 'colors' | 'top'> & {
  readonly colors: (canvas: HTMLCanvasElement) => FlameColors;
};

/** Draws with the next frame whenever something changes. */
function useDrawing(
  canvas: RefObject<HTMLCanvasElement | null>,
  scroller: RefObject<HTMLElement | null>,
  drawn: Drawn,
): void {
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      drawChart(canvas.current, scroller.current, drawn);
    });
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [canvas, scroller, drawn]);
}

function drawChart(
  canvas: HTMLCanvasElement | null,
  scroller: HTMLElement | null,
  { colors, ...drawn }: Drawn,
): void {
  const context = canvas?.getContext('2d');
  if (canvas === null || context === null || context === undefined) return;
  fitCanvas(context, canvas, drawn);
  drawFlame(context, { ...drawn, top: scroller?.scrollTop ?? 0, colors: colors(canvas) });
}

function fitCanvas(
  context: CanvasRenderingContext2D,
  canvas: HTMLCanvasElement,
  { width, height }: { readonly width: number; readonly height: number },
): void {
  const ratio = devicePixelRatio;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  // Setting a size empties the canvas and takes its time, also when it is the same.
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
}

/** What a key does here; undefined for a key that means nothing. */
function keyStep(
  { key, ctrlKey, metaKey, altKey }: KeyboardEvent,
  props: FlameChartProps & { readonly levels: Levels },
): (() => void) | undefined {
  const { flame, selected, onSelect, onZoom, onReset, levels } = props;
  if (ctrlKey || metaKey || altKey) return undefined;
  const node = flame.tree.nodes[selected];
  const select = (index: number | undefined) => () => {
    if (index !== undefined && index >= 0) onSelect(index);
  };
  switch (key) {
    case 'ArrowUp':
      return select(node?.parent);
    case 'ArrowDown':
      return select(node === undefined ? undefined : heaviestChild(flame, node)?.index);
    case 'ArrowLeft':
      return select(neighbour(levels, selected, -1));
    case 'ArrowRight':
      return select(neighbour(levels, selected, 1));
    case 'Enter':
    case ' ':
      return () => {
        if (node !== undefined) onZoom(node.index);
      };
    case 'Escape':
      return onReset;
    default:
      return undefined;
  }
}

function neighbour(levels: Levels, node: number, by: 1 | -1): number | undefined {
  for (const boxes of levels) {
    const at = boxes.findIndex((box) => box.node === node);
    if (at === -1) continue;
    for (let next = at + by; next >= 0 && next < boxes.length; next += by) {
      const box = boxes[next];
      if (box !== undefined && box.node >= 0) return box.node;
    }
  }
  return undefined;
}

/** Brings the level of a node into sight. */
function scrollTo(scroller: HTMLElement | null, levels: Levels, node: number): void {
  const level = levels.findIndex((boxes) => boxes.some((box) => box.node === node));
  if (scroller === null || level < 0) return;
  const from = (level - 1) * LEVEL_PX;
  const to = (level + 2) * LEVEL_PX;
  if (from < scroller.scrollTop) scroller.scrollTop = from;
  else if (to > scroller.scrollTop + scroller.clientHeight)
    scroller.scrollTop = to - scroller.clientHeight;
}
