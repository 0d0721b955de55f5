import 'uplot/dist/uPlot.min.css';
import UPlot from 'uplot';
import { axisTime } from '../time-text.ts';
import { currentTimeZone } from '../time-zone.ts';

/** Lines over time on a canvas. */
export interface TimePlotData {
  readonly timesMs: readonly number[];
  readonly lines: readonly PlotLine[];
  /** What the time axis covers, also where nothing was measured. */
  readonly fromMs: number;
  readonly toMs: number;
}

export interface PlotLine {
  /** A CSS colour, also a custom property. */
  readonly color: string;
  readonly values: readonly (number | undefined)[];
  /** Tells lines apart without colours. */
  readonly dash: readonly number[];
}

export interface TimePlotOptions {
  readonly width: number;
  readonly height: number;
  /** Plots of the same name show the same time under the pointer. */
  readonly together: string;
  /** Words for a value on the axis. */
  readonly valueText: (value: number) => string;
  /** Index of the time under the pointer; undefined when it has left. */
  readonly onTime: (index: number | undefined) => void;
  /** A stretch of time that was marked by dragging. */
  readonly onRange: (fromMs: number, toMs: number) => void;
}

export interface TimePlot {
  readonly resize: (width: number) => void;
  readonly destroy: () => void;
}

const AXIS_WIDTH = 64;
const AXIS_HEIGHT = 30;
/** Narrower marks are clicks. */
const MARK_MIN_PX = 4;

/** Undefined where the browser has no canvas. Colours are those of the moment: a new theme needs a new plot. */
export function createTimePlot(
  parent: HTMLElement,
  data: TimePlotData,
  options: TimePlotOptions,
): TimePlot | undefined {
  if (document.createElement('canvas').getContext('2d') === null) return undefined;
  const plot = new UPlot(
    plotOptions(parent, data, options),
    [[...data.timesMs], ...data.lines.map(({ values }) => values.map((value) => value ?? null))],
    parent,
  );
  return {
    resize: (width) => {
      plot.setSize({ width, height: options.height });
    },
    destroy: () => {
      plot.destroy();
    },
  };
}

function plotOptions(
  parent: HTMLElement,
  { fromMs, lines, toMs }: TimePlotData,
  { height, onRange, onTime, together, valueText, width }: TimePlotOptions,
): UPlot.Options {
  const resolve = (color: string): string => resolvedColor(parent, color);
  const isUtc = currentTimeZone() === 'utc';
  const axis = {
    stroke: resolve('var(--text-2)'),
    font: axisFont(parent),
    ticks: { show: false },
    grid: { stroke: resolve('var(--line)'), width: 1 },
  };
  return {
    width,
    height,
    ms: 1,
    // Ticks stand at whole hours and days of the reader's time zone.
    tzDate: (ms) => (isUtc ? UPlot.tzDate(new Date(ms), 'UTC') : new Date(ms)),
    legend: { show: false },
    cursor: {
      sync: { key: together },
      drag: { x: true, y: false, setScale: false },
      points: { size: 7 },
    },
    scales: {
      x: { time: true, min: fromMs, max: toMs, range: [fromMs, toMs] },
      y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.08 : 1] },
    },
    axes: [
      { ...axis, size: AXIS_HEIGHT, space: 70, values: (_plot, times) => times.map(timeText) },
      { ...axis, size: AXIS_WIDTH, space: 34, values: (_plot, values) => values.map(valueText) },
    ],
    series: [
      {},
      ...lines.map(({ color, dash }) => ({
        stroke: resolve(color),
        width: 1.75,
        dash: [...dash],
        points: { show: false },
        spanGaps: false,
      })),
    ],
    hooks: {
      setCursor: [
        (plot) => {
          onTime(plot.cursor.idx ?? undefined);
        },
      ],
      setSelect: [
        (plot) => {
          const { left, width: marked } = plot.select;
          if (marked < MARK_MIN_PX) return;
          onRange(plot.posToVal(left, 'x'), plot.posToVal(left + marked, 'x'));
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}

function timeText(ms: number): string {
  return axisTime(ms * 1_000);
}

function axisFont(element: HTMLElement): string {
  return `11px ${getComputedStyle(element).fontFamily}`;
}

/** A canvas does not know custom properties: let an element's style resolve them. */
function resolvedColor(element: HTMLElement, color: string): string {
  const before = element.style.color;
  element.style.color = color;
  const resolved = getComputedStyle(element).color;
  element.style.color = before;
  return resolved;
}
