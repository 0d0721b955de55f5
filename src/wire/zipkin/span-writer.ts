import type { Buffer } from 'node:buffer';
import { SPAN_KINDS } from '../../model/span.ts';
import { writeNanos, writeStartNanos } from '../jaeger/micros.ts';
import { madeBytesMax } from '../otlp/made-bytes-max.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';
import { clearEndpoint, createEndpoint } from './endpoint.ts';
import { EndpointAttributes } from './endpoint-attributes.ts';
import type { EndpointKeys } from './endpoint-attributes.ts';
import { SpanGroups } from './span-groups.ts';
import {
  TAG_ERROR_FALSE,
  TAG_ERROR_TEXT,
  TAG_TAKEN,
  clearTagFields,
  createTagFields,
  statusOf,
  takeBoolTag,
  takeTag,
} from './tag-status.ts';
import type { TagRange } from './tag-status.ts';
import { ATTRIBUTE, writeRange, writeText } from './write-attribute.ts';

export const KIND_SERVER = SPAN_KINDS.indexOf('server');
export const KIND_CLIENT = SPAN_KINDS.indexOf('client');
export const KIND_PRODUCER = SPAN_KINDS.indexOf('producer');
export const KIND_CONSUMER = SPAN_KINDS.indexOf('consumer');

/** Of a span whose duration is not said, as Jaeger has it. */
const DURATION_MIN_MICROS = 1;
/** Jaeger's flag, where Jaeger's other receivers put it: OTLP Span.flags. */
const FLAG_DEBUG = 2;
/** Digits of 64 bits, with room for leading zeros. */
const INTEGER = /^-?\d{1,40}$/;
const EVENT = 11;
/** Nearly all spans have a length of two bytes: from 128 bytes to 16 KiB. */
const SPAN_SIZE_GUESS = 512;
/** Tag and length, before the length is known: what `beginMessage` writes. */
const MESSAGE_HEAD_BYTES = 3;

/**
 * What the four Zipkin formats have in common: takes one span after the other and writes them as
 * OTLP, without building anything for a span. Fill the public fields between `begin` and `end`, in
 * any order; tags and annotations are written when they are met.
 *
 * What becomes of a span is what Jaeger v2 shows of it, and where Jaeger v2 loses something, what
 * Jaeger v1 did:
 * - local endpoint: resource `service.name`, attributes `network.local.address`, `net.host.port`;
 *   remote endpoint: `service.peer.name`, `network.peer.address`, `net.peer.port`, and `peer.service`,
 *   which is the key v1 had and dependency jobs and saved searches go by.
 * - a tag is a string attribute; `error` other than `false` makes the status an error, and when it is a
 *   text it also stays (Jaeger v2 shows the key twice, as the text and as true); of Zipkin v1 the text
 *   is called `error.message`, as Jaeger v1 did, since v2 loses it; otel.status_code, otel.status_description, span.kind, w3c.tracestate and the
 *   scope's name and version become what they were before they were tags. Tags that describe a
 *   resource stay with their span (v2 keeps those of the first span only). A key that a span has
 *   twice it keeps twice.
 * - an annotation is an event; `shared` needs no mark, as both halves of a call are kept under the
 *   id they share and told apart by kind; `debug` is Jaeger's debug flag.
 * - no start: the first annotation's time, else the sanitizer's warning; no duration: between the
 *   first and the last annotation, else 1 µs; a negative one: 1 µs and `errNegativeDuration`;
 *   a parent id of zero: `errZeroParentID`; a parent id that is the span's own: no parent.
 */
export class ZipkinSpanWriter {
  readonly text: Buffer;
  readonly writer: ProtobufWriter;
  /** Big-endian words. */
  readonly traceId = new Uint32Array(4);
  readonly id = new Uint32Array(2);
  readonly parentId = new Uint32Array(2);
  hasParent = false;
  nameStart = 0;
  nameStop = 0;
  /** OTLP SpanKind. */
  kind = 0;
  /** 0 when not said. */
  startMicros = 0;
  durationMicros = 0;
  hasDuration = false;
  debug = false;
  readonly local = createEndpoint();
  readonly remote = createEndpoint();
  private readonly tags = createTagFields();
  private readonly localAttributes: EndpointAttributes;
  private readonly remoteAttributes: EndpointAttributes;
  private readonly groups: SpanGroups;
  private firstMicros = Number.POSITIVE_INFINITY;
  private lastMicros = Number.NEGATIVE_INFINITY;
  private message = 0;
  private readonly view: DataView;

  /** All ranges are of `text`. `scratch` is only used until `finish`. */
  constructor(text: Buffer, scratch = new ProtobufWriter(text.length)) {
    this.text = text;
    this.view = new DataView(text.buffer, text.byteOffset, text.byteLength);
    this.writer = scratch;
    scratch.clear(madeBytesMax(text.length));
    this.localAttributes = new EndpointAttributes(text, LOCAL_KEYS);
    this.remoteAttributes = new EndpointAttributes(text, REMOTE_KEYS);
    this.groups = new SpanGroups(text);
  }

  begin(): void {
    const { traceId, id, parentId } = this;
    traceId[0] = traceId[1] = traceId[2] = traceId[3] = 0;
    id[0] = id[1] = parentId[0] = parentId[1] = 0;
    this.hasParent = false;
    this.nameStart = this.nameStop = 0;
    this.kind = 0;
    this.startMicros = 0;
    this.durationMicros = 0;
    this.hasDuration = false;
    this.debug = false;
    clearEndpoint(this.local);
    clearEndpoint(this.remote);
    clearTagFields(this.tags);
    this.firstMicros = Number.POSITIVE_INFINITY;
    this.lastMicros = Number.NEGATIVE_INFINITY;
    this.message = this.writer.beginMessage(2, SPAN_SIZE_GUESS);
  }

  /**
   * Begins another span with the ids and the name of the one just ended: the other half of a call
   * that was reported as one.
   */
  beginOtherHalf(): void {
    this.startMicros = this.durationMicros = 0;
    this.hasDuration = false;
    clearEndpoint(this.remote);
    clearTagFields(this.tags);
    this.firstMicros = Number.POSITIVE_INFINITY;
    this.lastMicros = Number.NEGATIVE_INFINITY;
    this.message = this.writer.beginMessage(2, SPAN_SIZE_GUESS);
  }

  tag(tag: TagRange): void {
    if (takeTag(this.tags, this.text, tag) === TAG_TAKEN) return;
    this.writer.textPair(ATTRIBUTE, this.view, tag);
  }

  /** A tag of Zipkin v1 that is a text. */
  tagOfV1(tag: TagRange): void {
    const left = takeTag(this.tags, this.text, tag);
    if (left === TAG_TAKEN) return;
    if (left === TAG_ERROR_TEXT) this.textTag('error.message', tag);
    else if (left === TAG_ERROR_FALSE) this.boolTag(tag, false);
    else this.writer.textPair(ATTRIBUTE, this.view, tag);
  }

  /** A tag under another key than it has. */
  textTag(key: string, { valueStart, valueStop }: TagRange): void {
    writeRange(this.writer, key, { text: this.text, start: valueStart, stop: valueStop });
  }

  /** A tag whose value is not the text of its range; `error` makes the status an error here too. */
  boolTag(tag: TagRange, value: boolean): void {
    if (takeBoolTag(this.tags, this.text, tag, value)) return;
    const attribute = this.beginAttribute(tag);
    const any = this.writer.beginMessage(2);
    this.writer.bool(2, value);
    this.endAttribute(any, attribute);
  }

  /** A 64-bit integer by its halves, unsigned. */
  intTag(tag: TagRange, low: number, high: number): void {
    const attribute = this.beginAttribute(tag);
    const any = this.writer.beginMessage(2);
    this.writer.int64Halves(3, low, high);
    this.endAttribute(any, attribute);
  }

  doubleTag(tag: TagRange, value: number): void {
    const attribute = this.beginAttribute(tag);
    const any = this.writer.beginMessage(2);
    this.writer.double(4, value);
    this.endAttribute(any, attribute);
  }

  bytesTag(tag: TagRange): void {
    const attribute = this.beginAttribute(tag);
    const any = this.writer.beginMessage(2);
    this.writer.range(7, this.text, tag.valueStart, tag.valueStop);
    this.endAttribute(any, attribute);
  }

  /** A number by its literal: an integer of 64 bits stays one. */
  numberTag(tag: TagRange): void {
    const literal = this.text.toString('latin1', tag.valueStart, tag.valueStop);
    const integer = INTEGER.test(literal) ? BigInt(literal) : undefined;
    if (integer === undefined || BigInt.asIntN(64, integer) !== integer) {
      this.doubleTag(tag, Number(literal));
      return;
    }
    const bits = BigInt.asUintN(64, integer);
    this.intTag(tag, Number(bits & 0xffff_ffffn), Number(bits >> 32n));
  }

  /** An annotation that becomes an event. */
  annotation(micros: number, start: number, stop: number): void {
    const { writer } = this;
    this.noteTime(micros);
    const event = writer.beginMessage(EVENT);
    writeNanos(writer, 1, micros);
    writer.text(2, this.view, start, stop);
    writer.endMessage(event);
  }

  /** A time at which something happened in the span. */
  noteTime(micros: number): void {
    if (micros < this.firstMicros) this.firstMicros = micros;
    if (micros > this.lastMicros) this.lastMicros = micros;
  }

  end(): void {
    const { writer } = this;
    writer.words(1, this.traceId);
    writer.words(2, this.id);
    this.writeParent();
    if (this.nameStop > this.nameStart) writer.text(5, this.view, this.nameStart, this.nameStop);
    const kind = this.kind > 0 ? this.kind : this.tags.kind;
    if (kind > 0) writer.uint32(6, kind);
    this.writeTimes();
    this.localAttributes.write(writer, this.local);
    this.remoteAttributes.write(writer, this.remote);
    this.writeTagFields();
    if (this.debug) writer.fixed32(16, FLAG_DEBUG);
    this.groups.add(this.message - MESSAGE_HEAD_BYTES, this.local, this.tags);
    writer.endMessage(this.message, SPAN_SIZE_GUESS);
  }

  /** The OTLP TracesData bytes of all spans. */
  finish(): Uint8Array {
    return this.groups.assemble(this.writer.written());
  }

  private beginAttribute(tag: TagRange): number {
    const attribute = this.writer.beginMessage(ATTRIBUTE);
    this.writer.range(1, this.text, tag.keyStart, tag.keyStop);
    return attribute;
  }

  private endAttribute(any: number, attribute: number): void {
    this.writer.endMessage(any);
    this.writer.endMessage(attribute);
  }

  private writeParent(): void {
    const { writer, parentId, id } = this;
    const [high = 0, low = 0] = parentId;
    if (high === 0 && low === 0) {
      if (this.hasParent) writeText(writer, 'errZeroParentID', '0');
      return;
    }
    if (high !== id[0] || low !== id[1]) writer.words(4, parentId);
  }

  private writeTimes(): void {
    const { writer } = this;
    const start = this.startMicros === 0 ? this.firstMicros : this.startMicros;
    let duration = this.durationMicros;
    if (!this.hasDuration) {
      duration = Math.max(DURATION_MIN_MICROS, this.lastMicros - this.firstMicros);
    } else if (duration < 0) {
      writeText(writer, 'errNegativeDuration', String(duration));
      duration = DURATION_MIN_MICROS;
    }
    const known = start < Number.POSITIVE_INFINITY ? start : 0;
    writeStartNanos(writer, 7, known);
    writeNanos(writer, 8, known + duration);
  }

  private writeTagFields(): void {
    const { writer, text, tags } = this;
    if (tags.traceStateStop > tags.traceStateStart) {
      writer.range(3, text, tags.traceStateStart, tags.traceStateStop);
    }
    const { descriptionStart, descriptionStop } = tags;
    const code = statusOf(tags);
    if (code > 0) {
      const status = writer.beginMessage(15);
      if (descriptionStop > descriptionStart) {
        writer.range(2, text, descriptionStart, descriptionStop);
      }
      writer.uint32(3, code);
      writer.endMessage(status);
    } else if (descriptionStop > descriptionStart) {
      const description = { text, start: descriptionStart, stop: descriptionStop };
      writeRange(writer, 'otel.status_description', description);
    }
    // The kind of the format outranks the tag; a tag that says something else is still shown.
    if (tags.kind > 0 && this.kind > 0 && tags.kind !== this.kind) {
      writeText(writer, 'span.kind', SPAN_KINDS[tags.kind] ?? '');
    }
  }
}

const LOCAL_KEYS: EndpointKeys = {
  service: [],
  address: 'network.local.address',
  port: 'net.host.port',
};

const REMOTE_KEYS: EndpointKeys = {
  service: ['service.peer.name', 'peer.service'],
  address: 'network.peer.address',
  port: 'net.peer.port',
};
