import {
  JSON_FALSE,
  JSON_NULL,
  JSON_NUMBER,
  JSON_TRUE,
  JsonScanner,
} from '../json/json-scanner.ts';
import { NO_KEY, createKeyTable } from '../json/key-table.ts';
import type { ProtobufWriter } from '../protobuf/writer.ts';
import { readEndpoint, readFlag, readId, readNumber, readText } from './json-parts.ts';
import {
  KIND_CLIENT,
  KIND_CONSUMER,
  KIND_PRODUCER,
  KIND_SERVER,
  ZipkinSpanWriter,
} from './span-writer.ts';
import type { TagRange } from './tag-status.ts';

/**
 * OTLP TracesData bytes of a Zipkin v2 JSON list of spans; the mapping is `ZipkinSpanWriter`'s.
 * Unknown fields are ignored and null means absent. Of a field that comes twice the last one counts.
 * https://zipkin.io/zipkin-api/zipkin2-api.yaml
 * @throws WireError
 */
export function zipkinV2JsonToOtlp(json: Uint8Array, scratch?: ProtobufWriter): Uint8Array {
  const scanner = new JsonScanner(json);
  const spans = new ZipkinSpanWriter(scanner.text, scratch);
  const tag: TagRange = { keyStart: 0, keyStop: 0, valueStart: 0, valueStop: 0 };
  scanner.enterArray();
  while (scanner.nextItem()) {
    if (!scanner.isNull()) readSpan(scanner, spans, tag);
  }
  scanner.end();
  return spans.finish();
}

const TRACE_ID = 0;
const ID = 1;
const PARENT_ID = 2;
const NAME = 3;
const KIND = 4;
const TIMESTAMP = 5;
const DURATION = 6;
const LOCAL_ENDPOINT = 7;
const REMOTE_ENDPOINT = 8;
const ANNOTATIONS = 9;
const TAGS = 10;
const DEBUG = 11;
const SPAN_KEYS = createKeyTable([
  'traceId',
  'id',
  'parentId',
  'name',
  'kind',
  'timestamp',
  'duration',
  'localEndpoint',
  'remoteEndpoint',
  'annotations',
  'tags',
  'debug',
]);

const KIND_NAMES = createKeyTable(['SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER']);
const KINDS = [KIND_SERVER, KIND_CLIENT, KIND_PRODUCER, KIND_CONSUMER];

function readSpan(scanner: JsonScanner, spans: ZipkinSpanWriter, tag: TagRange): void {
  spans.begin();
  scanner.enterObject();
  while (scanner.nextKey()) {
    const key = SPAN_KEYS.keyOf(scanner);
    switch (key) {
      case TRACE_ID:
        readId(scanner, spans.traceId);
        break;
      case ID:
        readId(scanner, spans.id);
        break;
      case PARENT_ID:
        spans.hasParent = readId(scanner, spans.parentId);
        break;
      case NAME:
        readText(scanner);
        spans.nameStart = scanner.start;
        spans.nameStop = scanner.stop;
        break;
      case KIND:
        spans.kind = readKind(scanner);
        break;
      case LOCAL_ENDPOINT:
        readEndpoint(scanner, spans.local);
        break;
      case REMOTE_ENDPOINT:
        readEndpoint(scanner, spans.remote);
        break;
      case ANNOTATIONS:
        readAnnotations(scanner, spans);
        break;
      case TAGS:
        readTags(scanner, spans, tag);
        break;
      default:
        readScalar(scanner, spans, key);
    }
  }
  spans.end();
}

function readScalar(scanner: JsonScanner, spans: ZipkinSpanWriter, key: number): void {
  switch (key) {
    case TIMESTAMP:
      spans.startMicros = readNumber(scanner);
      break;
    case DURATION:
      spans.hasDuration = !scanner.isNull();
      if (spans.hasDuration) spans.durationMicros = readNumber(scanner);
      break;
    case DEBUG:
      spans.debug = readFlag(scanner);
      break;
    default:
      scanner.skip();
  }
}

/** A kind that is not known is none: the span is still worth having. */
function readKind(scanner: JsonScanner): number {
  readText(scanner);
  const index = KIND_NAMES.find(scanner.text, scanner.start, scanner.stop);
  return index === NO_KEY ? 0 : (KINDS[index] ?? 0);
}

const ANNOTATION_TIMESTAMP = 0;
const ANNOTATION_VALUE = 1;
const ANNOTATION_KEYS = createKeyTable(['timestamp', 'value']);

function readAnnotations(scanner: JsonScanner, spans: ZipkinSpanWriter): void {
  if (scanner.isNull()) return;
  scanner.enterArray();
  while (scanner.nextItem()) {
    let micros = 0;
    let start = 0;
    let stop = 0;
    scanner.enterObject();
    while (scanner.nextKey()) {
      switch (ANNOTATION_KEYS.keyOf(scanner)) {
        case ANNOTATION_TIMESTAMP:
          micros = readNumber(scanner);
          break;
        case ANNOTATION_VALUE:
          readText(scanner);
          ({ start, stop } = scanner);
          break;
        default:
          scanner.skip();
      }
    }
    spans.annotation(micros, start, stop);
  }
}

/** Values are strings; those of clients that send numbers or booleans are taken as written. */
function readTags(scanner: JsonScanner, spans: ZipkinSpanWriter, tag: TagRange): void {
  if (scanner.isNull()) return;
  scanner.enterObject();
  while (scanner.nextKey()) {
    tag.keyStart = scanner.keyStart;
    tag.keyStop = scanner.keyStop;
    if (readTagValue(scanner)) {
      tag.valueStart = scanner.start;
      tag.valueStop = scanner.stop;
      spans.tag(tag);
    }
  }
}

/** Leaves the value's range in the scanner; false for null. */
function readTagValue(scanner: JsonScanner): boolean {
  if (scanner.isString()) return true;
  switch (scanner.peek()) {
    case JSON_NUMBER:
      scanner.number();
      return true;
    case JSON_TRUE:
    case JSON_FALSE:
      scanner.start = scanner.position;
      scanner.bool();
      scanner.stop = scanner.position;
      return true;
    case JSON_NULL:
      scanner.isNull();
      return false;
    default:
      throw scanner.bad('the value of a tag should be a string, but is none');
  }
}
