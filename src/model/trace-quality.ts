import { attributeText } from './attribute-text.ts';
import { QUALITY_CHECKS } from './quality-checks.ts';
import type { QualityCheck, SpanInTrace } from './quality-checks.ts';
import type { Span } from './span.ts';

/** Spans of one trace that show something. */
export interface QualityExample {
  readonly traceId: string;
  readonly spanIds: readonly string[];
}

export interface QualityMetric {
  readonly check: QualityCheck;
  readonly passed: QualityTally;
  readonly failed: QualityTally;
  /** Spans about which the check says nothing. */
  readonly exempt: QualityTally;
}

export interface QualityTally {
  readonly count: number;
  readonly examples: readonly QualityExample[];
}

export interface QualityClient {
  /** Such as `opentelemetry java 1.32.0`. */
  readonly version: string;
  readonly seen: QualityTally;
}

/** Clients that are told apart; the spans of others count in the metrics alone. */
const CLIENTS_MAX = 100;
const EXAMPLES_MAX = 5;
const SPANS_AN_EXAMPLE = 10;

/** Judges how well the spans of one service can be understood. */
export class TraceQuality {
  private readonly service: string;
  private readonly tallies = QUALITY_CHECKS.map((check) => ({
    check,
    pass: new Tally(),
    fail: new Tally(),
    exempt: new Tally(),
  }));
  private readonly seenClients = new Map<string, Tally>();

  constructor(service: string) {
    this.service = service;
  }

  get metrics(): readonly QualityMetric[] {
    return this.tallies.map(({ check, exempt, fail, pass }) => ({
      ...{ check, exempt },
      passed: pass,
      failed: fail,
    }));
  }

  /** By version. */
  get clients(): readonly QualityClient[] {
    return [...this.seenClients]
      .map(([version, seen]) => ({ version, seen }))
      .sort((a, b) => (a.version < b.version ? -1 : 1));
  }

  /** The spans of one trace. */
  add(traceId: string, spans: readonly Span[]): void {
    const byId = Map.groupBy(spans, ({ spanId }) => spanId);
    const children = Map.groupBy(spans, ({ parentSpanId }) => parentSpanId);
    for (const span of spans) {
      if (span.resource.serviceName !== this.service) continue;
      const inTrace: SpanInTrace = {
        span,
        sameId: (byId.get(span.spanId) ?? []).filter((other) => other !== span),
        parent: span.parentSpanId === '' ? undefined : byId.get(span.parentSpanId)?.[0],
        children: children.get(span.spanId) ?? [],
      };
      for (const tally of this.tallies) {
        tally[tally.check.judge(inTrace)].add(traceId, span.spanId);
      }
      this.seeClient(traceId, span);
    }
  }

  private seeClient(traceId: string, span: Span): void {
    const version = clientOf(span);
    if (version === undefined) return;
    const known = this.seenClients.get(version);
    if (known === undefined && this.seenClients.size === CLIENTS_MAX) return;
    const tally = known ?? new Tally();
    this.seenClients.set(version, tally);
    tally.add(traceId, span.spanId);
  }
}

class Tally implements QualityTally {
  count = 0;
  private readonly byTrace = new Map<string, string[]>();

  get examples(): readonly QualityExample[] {
    return [...this.byTrace].map(([traceId, spanIds]) => ({ traceId, spanIds }));
  }

  add(traceId: string, spanId: string): void {
    this.count += 1;
    const known = this.byTrace.get(traceId);
    if (known !== undefined && known.length < SPANS_AN_EXAMPLE) known.push(spanId);
    if (known !== undefined || this.byTrace.size === EXAMPLES_MAX) return;
    this.byTrace.set(traceId, [spanId]);
  }
}

/** What made the span; undefined when it does not say. */
function clientOf({ resource }: Span): string | undefined {
  const text = (name: string): string => {
    const found = resource.attributes.find(({ key }) => key === name);
    return found === undefined ? '' : attributeText(found.value);
  };
  const sdk = ['telemetry.sdk.name', 'telemetry.sdk.language', 'telemetry.sdk.version'].map(text);
  const named = sdk.filter((part) => part !== '').join(' ');
  const jaeger = text('jaeger.version');
  if (named !== '') return named;
  return jaeger === '' ? undefined : jaeger;
}
