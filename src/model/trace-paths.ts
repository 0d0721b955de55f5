import type { Span } from './span.ts';

/** One stop on the way of a request. */
export interface PathStop {
  readonly service: string;
  readonly operation: string;
}

/** A way of requests from where they start to where they end. */
export interface TracePath {
  readonly stops: readonly PathStop[];
  /** Of a trace that took it. */
  readonly traceId: string;
}

/** What every path has to pass; without an operation, any of the service. */
export interface PathFocus {
  readonly service: string;
  readonly operation?: string;
}

/** Deeper spans are left out: requests do not pass so many services. */
const DEPTH_MAX = 1000;

/**
 * Gathers the different ways that requests take through a service. A stop is a span that serves a
 * request (a server or consumer), and the first span on the way in each service; where spans of the
 * way have no stop below them, it ends.
 */
export class TracePaths {
  private readonly focus: PathFocus;
  private readonly pathsMax: number;
  private readonly found = new Map<string, TracePath>();

  constructor(focus: PathFocus, pathsMax: number) {
    this.focus = focus;
    this.pathsMax = pathsMax;
  }

  /** Whether no more paths are gathered. */
  get isFull(): boolean {
    return this.found.size >= this.pathsMax;
  }

  /** In the order in which they were found. */
  get paths(): readonly TracePath[] {
    return [...this.found.values()];
  }

  /** The spans of one trace. */
  add(traceId: string, spans: readonly Span[]): void {
    const spansById = new Map(spans.map((span) => [span.spanId, span]));
    const stopsById = new Map<string, readonly PathStop[]>();
    const passed = new Set<readonly PathStop[]>();
    for (const span of spans) findStops(span, { spansById, stopsById, passed });
    for (const stops of new Set(stopsById.values())) {
      if (this.isFull) return;
      if (passed.has(stops) || !this.isThroughFocus(stops)) continue;
      const key = JSON.stringify(stops);
      if (!this.found.has(key)) this.found.set(key, { stops, traceId });
    }
  }

  private isThroughFocus(stops: readonly PathStop[]): boolean {
    const { focus } = this;
    return stops.some(
      ({ operation, service }) =>
        service === focus.service &&
        (focus.operation === undefined || operation === focus.operation),
    );
  }
}

interface Ways {
  readonly spansById: ReadonlyMap<string, Span>;
  /** The stops up to and with a span; spans that are no stop share those of their parent. */
  readonly stopsById: Map<string, readonly PathStop[]>;
  /** Stops that more stops follow. */
  readonly passed: Set<readonly PathStop[]>;
}

function findStops(span: Span, { passed, spansById, stopsById }: Ways): void {
  const open = new Set<Span>();
  let at: Span | undefined = span;
  // An own stack: traces may be deeper than the call stack. A circle of parents ends where it is met.
  while (at !== undefined && !stopsById.has(at.spanId) && !open.has(at)) {
    open.add(at);
    at = at.parentSpanId === '' ? undefined : spansById.get(at.parentSpanId);
  }
  for (const one of [...open].reverse()) {
    const before = stopsById.get(one.parentSpanId) ?? [];
    const last = before.at(-1);
    const stop = { service: one.resource.serviceName, operation: one.name };
    const isStop =
      one.kind === 'server' || one.kind === 'consumer' || last?.service !== stop.service;
    if (isStop && before.length < DEPTH_MAX) {
      stopsById.set(one.spanId, [...before, stop]);
      passed.add(before);
    } else {
      stopsById.set(one.spanId, before);
    }
  }
}
