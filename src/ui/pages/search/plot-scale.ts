import type { FoundTrace } from '../../api/found-trace.ts';
import { currentTimeZone } from '../../time-zone.ts';

export interface PlotPoint {
  readonly trace: FoundTrace;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

export interface PlotTick {
  readonly at: number;
  /** Microseconds since 1970 on the time axis, microseconds on the other. */
  readonly value: number;
}

/** Where everything stands. */
export interface PlotLayout {
  readonly points: readonly PlotPoint[];
  readonly times: readonly PlotTick[];
  readonly durations: readonly PlotTick[];
  /** What a place means, in microseconds as the axes are. */
  readonly timeAt: (x: number) => number;
  readonly durationAt: (y: number) => number;
}

/** In CSS pixels: the drawing area inside the axes. */
export interface PlotArea {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const MIN_RADIUS = 3.5;
const MAX_RADIUS = 11;
/** Of the largest mark at least: a few small traces are small marks. */
const SPANS_OF_LARGEST = 400;
/** From this spread on a linear axis would press most traces onto the bottom line. */
const LOG_SPREAD = 40;
const PIXELS_PER_TIME_TICK = 110;
/** What people count time in, in seconds. */
const CLOCK_STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400,
  172_800, 604_800,
];

/** Places traces by start time and duration; size tells the number of spans. */
export function layoutPlot(traces: readonly FoundTrace[], area: PlotArea): PlotLayout {
  const starts = traces.map((trace) => trace.startUs);
  const [first, last] = padded(Math.min(...starts), Math.max(...starts));
  const durations = traces.map((trace) => Math.max(1, trace.durationUs));
  const scale = durationScale(Math.min(...durations), Math.max(...durations));
  const mostSpans = Math.max(...traces.map((trace) => trace.spanCount), SPANS_OF_LARGEST);
  const x = (us: number): number => area.left + ((us - first) / (last - first)) * area.width;
  const y = (us: number): number => area.top + (1 - scale.position(us)) * area.height;
  return {
    // Large ones first: small ones stay reachable on top.
    points: traces
      .toSorted((a, b) => b.spanCount - a.spanCount)
      .map((trace) => ({
        trace,
        x: x(trace.startUs),
        y: y(Math.max(1, trace.durationUs)),
        radius: MIN_RADIUS + (MAX_RADIUS - MIN_RADIUS) * Math.sqrt(trace.spanCount / mostSpans),
      })),
    times: clockTicks(first, last, Math.max(2, area.width / PIXELS_PER_TIME_TICK)).map((value) => ({
      at: x(value),
      value,
    })),
    durations: scale.ticks.map((value) => ({ at: y(value), value })),
    timeAt: (at) => first + ((at - area.left) / area.width) * (last - first),
    durationAt: (at) => scale.value(1 - (at - area.top) / area.height),
  };
}

/** A twentieth of room on both sides; a single moment gets a second around it. */
function padded(first: number, last: number): readonly [number, number] {
  const room = Math.max((last - first) * 0.05, 500_000);
  return [first - room, last + room];
}

interface DurationScale {
  /** From 0 at the bottom to 1. */
  readonly position: (us: number) => number;
  readonly value: (position: number) => number;
  readonly ticks: readonly number[];
}

function durationScale(shortest: number, longest: number): DurationScale {
  if (longest / shortest < LOG_SPREAD) {
    const step = niceStep(longest / 3);
    const top = Math.max(Math.ceil((longest * 1.02) / step), 1) * step;
    const count = Math.round(top / step);
    return {
      position: (us) => us / top,
      value: (position) => position * top,
      ticks: Array.from({ length: count + 1 }, (_, i) => i * step),
    };
  }
  const low = Math.floor(Math.log10(shortest));
  const high = Math.ceil(Math.log10(longest * 1.1));
  const every = Math.ceil((high - low) / 4);
  const count = Math.floor((high - low) / every) + 1;
  return {
    position: (us) => (Math.log10(us) - low) / (high - low),
    value: (position) => 10 ** (low + position * (high - low)),
    ticks: Array.from({ length: count }, (_, i) => 10 ** (low + i * every)),
  };
}

/** 1, 2 or 5 times a power of ten, at least `size`. */
function niceStep(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= size) ?? size;
}

/** Round times of the reader's clock, at most `count` of them. */
function clockTicks(first: number, last: number, count: number): readonly number[] {
  const seconds = (last - first) / 1_000_000 / count;
  const step = (CLOCK_STEPS.find((size) => size >= seconds) ?? seconds) * 1_000_000;
  const minutes = currentTimeZone() === 'utc' ? 0 : new Date(first / 1_000).getTimezoneOffset();
  const zoneUs = minutes * 60_000_000;
  const ticks: number[] = [];
  const start = Math.ceil((first - zoneUs) / step) * step + zoneUs;
  for (let at = start; at < last; at += step) ticks.push(at);
  return ticks;
}
