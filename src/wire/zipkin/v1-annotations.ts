import { createKeyTable } from '../json/key-table.ts';
import { copyEndpoint, createEndpoint } from './endpoint.ts';
import type { ZipkinEndpoint } from './endpoint.ts';
import { KIND_CLIENT, KIND_CONSUMER, KIND_PRODUCER, KIND_SERVER } from './span-writer.ts';
import type { ZipkinSpanWriter } from './span-writer.ts';

/** Annotations that mark the two ends of a call or a message. */
const CLIENT_SEND = 0;
const CLIENT_RECEIVE = 1;
const SERVER_RECEIVE = 2;
const SERVER_SEND = 3;
const MESSAGE_SEND = 4;
const CORE = createKeyTable(['cs', 'cr', 'sr', 'ss', 'ms', 'mr']);
const CORE_KINDS = [
  KIND_CLIENT,
  KIND_CLIENT,
  KIND_SERVER,
  KIND_SERVER,
  KIND_PRODUCER,
  KIND_CONSUMER,
];

/** Binary annotations that are no tags: the far end of a call, and the part a local span is of. */
const SERVER_ADDRESS = 0;
const CLIENT_ADDRESS = 1;
const MESSAGE_ADDRESS = 2;
const ADDRESSES = createKeyTable(['sa', 'ca', 'ma']);
const LOCAL_COMPONENT = createKeyTable(['lc']);

/** How well an endpoint says whose span it is; lower is better. */
const BY_CORE = 0;
const BY_LOCAL_COMPONENT = 1;
const BY_ANNOTATION = 2;
const BY_TAG = 3;
const BY_NOBODY = 4;

interface CoreAnnotation {
  micros: number;
  seen: boolean;
  readonly host: ZipkinEndpoint;
}

/**
 * What Zipkin v1 says in annotations and v2 has fields for: kind, local and remote endpoint, start
 * and duration. Add all annotations of one span in any order, then `finish`; one record is reused.
 *
 * `ws` and `wr` mark no end: they stay events. The service is that of the first core annotation, else
 * of `lc`, else of any annotation, else of any tag, as Jaeger v1 looked for it; Jaeger v2 loses it, and
 * the far end too.
 */
export class V1Annotations {
  private readonly core: readonly CoreAnnotation[] = Array.from({ length: 6 }, () => ({
    micros: 0,
    seen: false,
    host: createEndpoint(),
  }));
  private readonly addresses = Array.from({ length: 3 }, () => ({
    seen: false,
    host: createEndpoint(),
  }));
  private localBy = BY_NOBODY;

  begin(): void {
    for (const core of this.core) core.seen = false;
    for (const address of this.addresses) address.seen = false;
    this.localBy = BY_NOBODY;
  }

  /** An annotation whose value is the range [start, stop). */
  annotation(
    spans: ZipkinSpanWriter,
    { micros, start, stop }: V1Annotation,
    host: ZipkinEndpoint,
  ): void {
    const index = CORE.find(spans.text, start, stop);
    const core = this.core[index];
    if (core === undefined) {
      this.suggest(spans, host, BY_ANNOTATION);
      // Jaeger throws those away that say nothing.
      if (stop > start) spans.annotation(micros, start, stop);
      return;
    }
    spans.noteTime(micros);
    if (spans.kind === 0) spans.kind = CORE_KINDS[index] ?? 0;
    if (!core.seen) {
      core.seen = true;
      core.micros = micros;
      copyEndpoint(host, core.host);
    }
    this.suggest(spans, host, BY_CORE);
  }

  /** True when a binary annotation of this key says an address and is no tag. */
  address(spans: ZipkinSpanWriter, { start, stop }: KeyRange, host: ZipkinEndpoint): boolean {
    const address = this.addresses[ADDRESSES.find(spans.text, start, stop)];
    if (address === undefined) return false;
    address.seen = true;
    copyEndpoint(host, address.host);
    return true;
  }

  /** Books who wrote a tag. True when its key is `lc`, whose tag is called `component`. */
  tagHost(spans: ZipkinSpanWriter, { start, stop }: KeyRange, host: ZipkinEndpoint): boolean {
    const isComponent = LOCAL_COMPONENT.find(spans.text, start, stop) >= 0;
    this.suggest(spans, host, isComponent ? BY_LOCAL_COMPONENT : BY_TAG);
    return isComponent;
  }

  /** Fills what is left to say, and writes the span: two of them when it has both ends of a call. */
  finish(spans: ZipkinSpanWriter): void {
    this.findRemote(spans);
    this.findTimes(spans);
    const isBoth =
      this.core[CLIENT_SEND]?.seen === true && this.core[SERVER_RECEIVE]?.seen === true;
    spans.end();
    if (!isBoth) return;
    const isClient = spans.kind === KIND_CLIENT;
    const [from, to] = isClient ? [SERVER_RECEIVE, SERVER_SEND] : [CLIENT_SEND, CLIENT_RECEIVE];
    spans.beginOtherHalf();
    spans.kind = isClient ? KIND_SERVER : KIND_CLIENT;
    const start = this.core[from];
    if (start === undefined) return;
    spans.startMicros = start.micros;
    this.setDuration(spans, from, to);
    if (start.host.nameStop > start.host.nameStart) copyEndpoint(start.host, spans.local);
    spans.end();
  }

  private suggest(spans: ZipkinSpanWriter, host: ZipkinEndpoint, by: number): void {
    if (by >= this.localBy || host.nameStop === host.nameStart) return;
    this.localBy = by;
    copyEndpoint(host, spans.local);
  }

  private findRemote(spans: ZipkinSpanWriter): void {
    const [server, client, message] = [SERVER_ADDRESS, CLIENT_ADDRESS, MESSAGE_ADDRESS].map(
      (index) => this.addresses[index],
    );
    // Only one end of a call knows the address of the other: that says which end this is.
    if (spans.kind === 0 && server?.seen === true) spans.kind = KIND_CLIENT;
    if (spans.kind === 0 && client?.seen === true) spans.kind = KIND_SERVER;
    const call = spans.kind === KIND_SERVER ? client : server;
    const far = call?.seen === true ? call : message;
    if (far?.seen === true) copyEndpoint(far.host, spans.remote);
  }

  private findTimes(spans: ZipkinSpanWriter): void {
    const [from, to] = ENDS.get(spans.kind) ?? [MESSAGE_SEND, MESSAGE_SEND];
    const start = this.core[from];
    if (start?.seen !== true) return;
    if (spans.startMicros === 0) spans.startMicros = start.micros;
    if (!spans.hasDuration && from !== to) this.setDuration(spans, from, to);
  }

  private setDuration(spans: ZipkinSpanWriter, from: number, to: number): void {
    const start = this.core[from];
    const end = this.core[to];
    if (start?.seen !== true || end?.seen !== true) return;
    spans.durationMicros = end.micros - start.micros;
    spans.hasDuration = true;
  }
}

/** The annotations of a call's start and end by kind; those of a message have no second one. */
const ENDS: ReadonlyMap<number, readonly [number, number]> = new Map([
  [KIND_CLIENT, [CLIENT_SEND, CLIENT_RECEIVE]],
  [KIND_SERVER, [SERVER_RECEIVE, SERVER_SEND]],
]);

export interface V1Annotation {
  readonly micros: number;
  readonly start: number;
  readonly stop: number;
}

export interface KeyRange {
  readonly start: number;
  readonly stop: number;
}
