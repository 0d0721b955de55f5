import { microsOf } from './shown-spans.ts';
import type { ShownSpan } from './shown-spans.ts';
import type { SentTrace, Story, StoryAttribute, StorySpan } from './story.ts';

/** How a client changes a value on its way: the library's doing, before a byte is sent. */
export type CarriesValue = (attribute: StoryAttribute) => StoryAttribute;

/** What a client or its format says differently from OTLP, of one span. */
export type ShowsSpan = (span: ShownSpan, told: StorySpan, context: ExpectedContext) => ShownSpan;

export interface ExpectedContext {
  readonly story: Story;
  readonly carries: CarriesValue;
}

/** What the query is to show of a story: all of it, but for what the client says differently. */
export function expectedSpans(
  story: Story,
  sent: SentTrace,
  { carries, shows }: { readonly carries: CarriesValue; readonly shows: readonly ShowsSpan[] },
): readonly ShownSpan[] {
  const texts = (attributes: readonly StoryAttribute[]): readonly string[] =>
    attributeTexts(attributes, carries);
  return story.spans
    .map((told): ShownSpan => {
      const span: ShownSpan = {
        service: story.service,
        resource: texts(story.resource),
        scope: `${story.scope.name}@${story.scope.version}`,
        name: told.name,
        traceId: sent.traceId,
        spanId: sent.spanIds[told.name] ?? '',
        parentSpanId: sent.spanIds[told.parent] ?? '',
        kind: told.kind,
        status: told.status,
        message: told.message,
        startMicros: told.startMicros,
        durationMicros: told.durationMicros,
        attributes: texts(told.attributes),
        events: told.events.map((event) => ({ ...event, attributes: texts(event.attributes) })),
        links: told.links.map((link) => ({ ...link, attributes: texts(link.attributes) })),
      };
      return shows.reduce((shown, show) => show(shown, told, { story, carries }), span);
    })
    .toSorted((one, other) => one.startMicros - other.startMicros);
}

/** What Jaeger's JSON cannot say: attributes of links, lists, and parts of a microsecond. */
export function asJaegerJson(span: ShownSpan): ShownSpan {
  return {
    ...span,
    attributes: span.attributes.map((text) =>
      text === 'list: array string a, string b' ? 'list: string ["a","b"]' : text,
    ),
    links: span.links.map((link) => ({ ...link, attributes: [] })),
    startMicros: Math.floor(span.startMicros),
    durationMicros: Math.floor(span.durationMicros),
    events: span.events.map((event) => ({ ...event, micros: Math.floor(event.micros) })),
  };
}

export function attributeTexts(
  attributes: readonly StoryAttribute[],
  carries: CarriesValue,
): readonly string[] {
  return attributes.map((attribute) => attributeText(carries(attribute))).sort();
}

function attributeText({ key, type, value }: StoryAttribute): string {
  if (type === 'double') return `${key}: double ${Number(value)}`;
  if (type !== 'strings') return `${key}: ${type} ${value}`;
  const strings = JSON.parse(value) as string[];
  return `${key}: array ${strings.map((string) => `string ${string}`).join(', ')}`;
}

export const asTold: CarriesValue = (attribute) => attribute;

/** Zipkin's own clients take nothing but text, and are given the story's. */
export const asStoryText: CarriesValue = (attribute) => ({ ...attribute, type: 'string' });

/** OpenTelemetry for JavaScript: a number is an integer when it has no fraction. */
export const asJavaScript: CarriesValue = (attribute) => {
  if (attribute.type !== 'int' && attribute.type !== 'double') return attribute;
  const number = Number(attribute.value);
  return Number.isInteger(number)
    ? { ...attribute, type: 'int', value: String(BigInt(number)) }
    : attribute;
};

/** Jaeger's client for JavaScript: every number is a double, whatever is no value is JSON. */
export const asJaegerForJavaScript: CarriesValue = (attribute) => {
  if (attribute.type === 'strings') return { ...attribute, type: 'string' };
  return attribute.type === 'int' ? { ...attribute, type: 'double' } : attribute;
};

/** Lists are text, written by the library in its own way. */
export function withListAs(text: string, carries: CarriesValue = asTold): CarriesValue {
  return (attribute) =>
    attribute.type === 'strings'
      ? { ...attribute, type: 'string', value: text }
      : carries(attribute);
}

/** Text of everything, as JavaScript makes it. */
export const asJavaScriptText: CarriesValue = ({ key, type, value }) => {
  if (type === 'strings') {
    return { key, type: 'string', value: (JSON.parse(value) as string[]).join(',') };
  }
  const isNumber = type === 'int' || type === 'double';
  return { key, type: 'string', value: isNumber ? String(Number(value)) : value };
};

export const withoutScope: ShowsSpan = (span) => ({ ...span, scope: '' });

export const withoutLinks: ShowsSpan = (span) => ({ ...span, links: [] });

export const withoutResource: ShowsSpan = (span) => ({ ...span, resource: [] });

export const withoutEventAttributes: ShowsSpan = (span) => ({
  ...span,
  events: span.events.map((event) => ({ ...event, attributes: [] })),
});

/** A link says how it refers, and nothing else. */
export const withLinksThatFollow: ShowsSpan = (span) => ({
  ...span,
  links: span.links.map((link) => ({
    ...link,
    attributes: ['opentracing.ref_type: string follows_from'],
  })),
});

/** The client has no status but a failure without words. */
export const withBareError: ShowsSpan = (span) => ({
  ...span,
  status: span.status === 'error' ? 'error' : 'unset',
  message: '',
});

/** A span that is internal is one of no kind. */
export const withoutInternal: ShowsSpan = (span) => ({
  ...span,
  kind: span.kind === 'internal' ? 'unspecified' : span.kind,
});

/** The resource is repeated among the attributes of every span. */
export const withResourceOnSpan: ShowsSpan = (span, _told, { carries, story }) =>
  withAttributes(span, [
    ...attributeTexts(story.resource, carries),
    `service.name: string ${story.service}`,
  ]);

/** A failure is a tag `error` with the message, which stays beside the status it makes. */
export const withErrorTag: ShowsSpan = (span) =>
  span.status === 'error'
    ? { ...withAttributes(span, [`error: string ${span.message}`]), message: '' }
    : span;

/** In Zipkin's first format, the text of a failure is shown as Jaeger v1 called it. */
export const withErrorMessage: ShowsSpan = (span) => ({
  ...span,
  attributes: span.attributes
    .map((text) => text.replace(/^error: string /, 'error.message: string '))
    .sort(),
});

/** The name of an event is a field like the others, called `message`. */
export const withEventMessages: ShowsSpan = (span) => ({
  ...span,
  events: span.events.map(({ attributes, micros, name }) => ({
    name: '',
    micros,
    attributes: [...attributes, `message: string ${name}`].sort(),
  })),
});

/** Zipkin's first format marks the start of a consumer's span that has a duration with an annotation. */
export const withWireReceive: ShowsSpan = (span) =>
  span.kind === 'consumer'
    ? { ...span, events: [{ name: 'wr', micros: span.startMicros, attributes: [] }] }
    : span;

/** An event is one text: its name and its attributes as JSON. */
export const withEventsAsJson: ShowsSpan = (span, told) => ({
  ...span,
  events: told.events.map(({ micros }) => ({
    name: '{"retry": {"attempt": 2, "cause": "lock", "final": false}}',
    micros,
    attributes: [],
  })),
});

/**
 * Times go through a double of seconds since 1970, which holds them to a quarter of a microsecond:
 * opentelemetry/exporter/jaeger/proto/grpc/translate, `_proto_timestamp_from_epoch_nanos`.
 */
export const withTimesInSeconds: ShowsSpan = (span) => {
  const nanosOf = (micros: number): bigint => {
    const seconds = (micros * 1000) / 1e9;
    const whole = Math.trunc(seconds);
    return BigInt(whole) * 1_000_000_000n + BigInt(Math.trunc((seconds - whole) * 1e9));
  };
  const start = nanosOf(span.startMicros);
  const end = nanosOf(span.startMicros + span.durationMicros);
  return {
    ...span,
    startMicros: microsOf(start),
    durationMicros: microsOf(end - start),
    events: span.events.map((event) => ({ ...event, micros: microsOf(nanosOf(event.micros)) })),
  };
};

/** Zipkin's two ends of a call. */
export const withEndpoints: ShowsSpan = (span, { peer }) =>
  withAttributes(span, [
    'net.host.port: int 8080',
    'network.local.address: string 10.0.0.1',
    ...(peer === null
      ? []
      : [
          `net.peer.port: int ${peer.port}`,
          `network.peer.address: string ${peer.ipv4}`,
          `peer.service: string ${peer.service}`,
          `service.peer.name: string ${peer.service}`,
        ]),
  ]);

/** Zipkin's clients write names in lower case. */
export const withLowerCaseName: ShowsSpan = (span) => ({ ...span, name: span.name.toLowerCase() });

export function withAttributes(span: ShownSpan, texts: readonly string[]): ShownSpan {
  return { ...span, attributes: [...span.attributes, ...texts].sort() };
}
