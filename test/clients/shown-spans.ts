import type {
  JaegerEnvelope,
  JaegerKeyValue,
  JaegerTrace,
} from '../../src/query/api/jaeger-json.ts';

/**
 * A span as the query answers show it. Attributes are `key: type value`, sorted, so that a difference
 * of type reads as one; a key that is there twice is there twice.
 */
export interface ShownSpan {
  readonly service: string;
  readonly resource: readonly string[];
  /** `name@version`; '' without one. */
  readonly scope: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** '' for a root. */
  readonly parentSpanId: string;
  readonly kind: string;
  readonly status: string;
  readonly message: string;
  readonly startMicros: number;
  readonly durationMicros: number;
  readonly attributes: readonly string[];
  readonly events: readonly ShownEvent[];
  readonly links: readonly ShownLink[];
}

interface ShownEvent {
  readonly name: string;
  readonly micros: number;
  readonly attributes: readonly string[];
}

interface ShownLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: readonly string[];
}

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const STATUS = ['unset', 'ok', 'error'];

interface V3Value {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: string;
  readonly doubleValue?: number | string;
  readonly arrayValue?: { readonly values?: readonly V3Value[] };
}

interface V3Attribute {
  readonly key: string;
  readonly value: V3Value;
}

interface V3Attributes {
  readonly attributes?: readonly V3Attribute[];
}

interface V3Span extends V3Attributes {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind?: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number; readonly message?: string };
  readonly events?: readonly (V3Attributes & { name?: string; timeUnixNano: string })[];
  readonly links?: readonly (V3Attributes & { traceId: string; spanId: string })[];
}

/** What `/api/v3/traces/{id}` answers. */
export interface V3Answer {
  readonly result: {
    readonly resourceSpans: readonly {
      readonly resource: V3Attributes;
      readonly scopeSpans: readonly {
        readonly scope: { readonly name?: string; readonly version?: string };
        readonly spans: readonly V3Span[];
      }[];
    }[];
  };
}

/** The spans of an OTLP shaped answer, by start. */
export function spansOfV3({ result }: V3Answer): readonly ShownSpan[] {
  const spans = result.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const [service = '', others] = serviceOf(v3Texts(resource));
    return scopeSpans.flatMap(({ scope, spans: own }) =>
      own.map((span) => ({
        service,
        resource: others,
        scope: scopeText(scope.name, scope.version),
        ...v3Span(span),
      })),
    );
  });
  return byStart(spans);
}

function v3Span(span: V3Span): Omit<ShownSpan, 'service' | 'resource' | 'scope'> {
  const start = BigInt(span.startTimeUnixNano);
  return {
    name: span.name,
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? '',
    kind: KINDS[span.kind ?? 0] ?? '',
    status: STATUS[span.status.code ?? 0] ?? '',
    message: span.status.message ?? '',
    startMicros: microsOf(start),
    durationMicros: microsOf(BigInt(span.endTimeUnixNano) - start),
    attributes: v3Texts(span),
    events: (span.events ?? []).map((event) => ({
      name: event.name ?? '',
      micros: microsOf(BigInt(event.timeUnixNano)),
      attributes: v3Texts(event),
    })),
    links: (span.links ?? []).map((link) => ({
      traceId: link.traceId,
      spanId: link.spanId,
      attributes: v3Texts(link),
    })),
  };
}

/** A time that is no whole microsecond shows as one with a fraction. */
export function microsOf(nanos: bigint): number {
  return Number(nanos / 1000n) + Number(nanos % 1000n) / 1000;
}

function v3Texts({ attributes = [] }: V3Attributes): readonly string[] {
  return attributes.map(({ key, value }) => `${key}: ${v3Value(value)}`).sort();
}

function v3Value(value: V3Value): string {
  if (value.stringValue !== undefined) return `string ${value.stringValue}`;
  if (value.boolValue !== undefined) return `bool ${value.boolValue}`;
  if (value.intValue !== undefined) return `int ${value.intValue}`;
  if (value.doubleValue !== undefined) return `double ${value.doubleValue}`;
  if (value.arrayValue !== undefined) {
    return `array ${(value.arrayValue.values ?? []).map(v3Value).join(', ')}`;
  }
  return 'empty';
}

/** The spans of Jaeger's own JSON, by start. What Jaeger says in tags is where OTLP has it. */
export function spansOfJaeger(answer: JaegerEnvelope<JaegerTrace[]>): readonly ShownSpan[] {
  const spans = answer.data.flatMap(({ processes, spans: own }) =>
    own.map((span): ShownSpan => {
      const process = processes[span.processID];
      const traceId = span.traceID.padStart(32, '0');
      const parent = span.references.find(
        ({ refType, traceID }) => refType === 'CHILD_OF' && traceID === span.traceID,
      );
      const { take, rest } = tagReader(span.tags);
      const isError = take('error: bool true') === 'true';
      return {
        service: process?.serviceName ?? '',
        resource: (process?.tags ?? []).map(jaegerText).sort(),
        scope: scopeText(take('otel.scope.name: string '), take('otel.scope.version: string ')),
        name: span.operationName,
        traceId,
        spanId: span.spanID,
        parentSpanId: parent?.spanID ?? '',
        kind: take('span.kind: string ') ?? 'unspecified',
        status: isError ? 'error' : (take('otel.status_code: string ') ?? 'unset').toLowerCase(),
        message: take('otel.status_description: string ') ?? '',
        startMicros: span.startTime,
        durationMicros: span.duration,
        attributes: rest(),
        events: span.logs.map(({ fields, timestamp }) => {
          const field = tagReader(fields);
          return {
            name: field.take('event: string ') ?? '',
            micros: timestamp,
            attributes: field.rest(),
          };
        }),
        links: span.references
          .filter((reference) => reference !== parent)
          .map(({ spanID, traceID }) => ({
            traceId: traceID.padStart(32, '0'),
            spanId: spanID,
            attributes: [],
          })),
      };
    }),
  );
  return byStart(spans);
}

interface TagReader {
  /** Takes the first tag that starts so out of the list: its value, or undefined without one. */
  readonly take: (start: string) => string | undefined;
  /** What was not taken. */
  readonly rest: () => readonly string[];
}

function tagReader(tags: readonly JaegerKeyValue[]): TagReader {
  const texts = tags.map(jaegerText);
  return {
    take: (start) => {
      const at = texts.findIndex((text) => text.startsWith(start));
      const [text] = at < 0 ? [] : texts.splice(at, 1);
      return text?.slice(text.indexOf(' ', text.indexOf(': ') + 2) + 1);
    },
    rest: () => texts.sort(),
  };
}

const TYPES = {
  string: 'string',
  bool: 'bool',
  int64: 'int',
  float64: 'double',
  binary: 'bytes',
} as const;

function jaegerText({ key, type, value }: JaegerKeyValue): string {
  return `${key}: ${TYPES[type]} ${value ?? ''}`;
}

/** The service name, and the attributes without it. */
function serviceOf(texts: readonly string[]): readonly [string | undefined, readonly string[]] {
  const start = 'service.name: string ';
  const name = texts.find((text) => text.startsWith(start));
  return [name?.slice(start.length), texts.filter((text) => text !== name)];
}

function scopeText(name = '', version = ''): string {
  return name === '' && version === '' ? '' : `${name}@${version}`;
}

function byStart(spans: readonly ShownSpan[]): readonly ShownSpan[] {
  return spans.toSorted((one, other) => one.startMicros - other.startMicros);
}
