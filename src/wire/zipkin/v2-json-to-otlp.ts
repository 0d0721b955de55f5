import {
  JSON_FALSE,
  JSON_NULL,
  JSON_NUMBER,
  JSON_TRUE,
  JsonScanner,
} from '../json/json-scanner.ts';
import { NO_KEY, createKeyTable } from '../json/key-table.ts';
import { OBJECT_END, ObjectLayout } from '../json/object-layout.ts';
import type { ProtobufWriter } from '../protobuf/writer.ts';
import { copyShortTag } from './copy-short-tag.ts';
import { createEndpoint } from './endpoint.ts';
import { readEndpointAgain, readNumber, readText } from './json-parts.ts';
import type { ReadEndpoint } from './json-parts.ts';
import { COMMON_KEYS, readCommonField, readSpans } from './json-span-fields.ts';
import {
  KIND_CLIENT,
  KIND_CONSUMER,
  KIND_PRODUCER,
  KIND_SERVER,
  ZipkinSpanWriter,
} from './span-writer.ts';
import { TAG_KEYS } from './tag-status.ts';
import type { TagRange } from './tag-status.ts';

/**
 * OTLP TracesData bytes of a Zipkin v2 JSON list of spans; the mapping is `ZipkinSpanWriter`'s.
 * Unknown fields are ignored and null means absent. Of a field that comes twice the last one counts.
 * https://zipkin.io/zipkin-api/zipkin2-api.yaml
 * @throws WireError
 */
export function zipkinV2JsonToOtlp(json: Uint8Array, scratch?: ProtobufWriter): Uint8Array {
  const scanner = new JsonScanner(json);
  const conversion: Conversion = {
    scanner,
    spans: new ZipkinSpanWriter(scanner.text, scratch),
    spanLayout: new ObjectLayout(SPAN_KEYS),
    tagsLayout: new ObjectLayout(TAG_KEYS),
    annotationLayout: new ObjectLayout(ANNOTATION_KEYS),
    localBefore: { start: 0, size: 0, endpoint: createEndpoint() },
    remoteBefore: { start: 0, size: 0, endpoint: createEndpoint() },
    tag: { keyStart: 0, keyStop: 0, valueStart: 0, valueStop: 0 },
  };
  readSpans(scanner, () => {
    readSpan(conversion);
  });
  return conversion.spans.finish();
}

/** What is reused for all spans of a list. */
interface Conversion {
  readonly scanner: JsonScanner;
  readonly spans: ZipkinSpanWriter;
  readonly spanLayout: ObjectLayout;
  readonly tagsLayout: ObjectLayout;
  readonly annotationLayout: ObjectLayout;
  readonly localBefore: ReadEndpoint;
  readonly remoteBefore: ReadEndpoint;
  readonly tag: TagRange;
}

const KIND = COMMON_KEYS.length;
const LOCAL_ENDPOINT = KIND + 1;
const REMOTE_ENDPOINT = KIND + 2;
const ANNOTATIONS = KIND + 3;
const TAGS = KIND + 4;
const SPAN_KEYS = createKeyTable([
  ...COMMON_KEYS,
  'kind',
  'localEndpoint',
  'remoteEndpoint',
  'annotations',
  'tags',
]);

const KIND_NAMES = createKeyTable(['SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER']);
const KINDS = [KIND_SERVER, KIND_CLIENT, KIND_PRODUCER, KIND_CONSUMER];

function readSpan(conversion: Conversion): void {
  const { scanner, spans, spanLayout } = conversion;
  spans.begin();
  scanner.enterObjectOf(spanLayout);
  let key = scanner.nextKeyOf(spanLayout);
  for (; key !== OBJECT_END; key = scanner.nextKeyOf(spanLayout)) {
    switch (key) {
      case KIND:
        spans.kind = readKind(scanner);
        break;
      case LOCAL_ENDPOINT:
        readEndpointAgain(scanner, spans.local, conversion.localBefore);
        break;
      case REMOTE_ENDPOINT:
        readEndpointAgain(scanner, spans.remote, conversion.remoteBefore);
        break;
      case ANNOTATIONS:
        readAnnotations(conversion);
        break;
      case TAGS:
        readTags(conversion);
        break;
      default:
        readCommonField(scanner, spans, key);
    }
  }
  spans.end();
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

function readAnnotations({ scanner, spans, annotationLayout }: Conversion): void {
  if (scanner.isNull()) return;
  scanner.enterArray();
  while (scanner.nextItem()) {
    let micros = 0;
    let start = 0;
    let stop = 0;
    scanner.enterObjectOf(annotationLayout);
    let key = scanner.nextKeyOf(annotationLayout);
    for (; key !== OBJECT_END; key = scanner.nextKeyOf(annotationLayout)) {
      switch (key) {
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
function readTags({ scanner, spans, tagsLayout, tag }: Conversion): void {
  if (scanner.isNull()) return;
  scanner.enterObjectOf(tagsLayout);
  let key = scanner.nextKeyOf(tagsLayout);
  for (; key !== OBJECT_END; key = scanner.nextKeyOf(tagsLayout)) {
    if (key === NO_KEY && copyShortTag(scanner, spans.writer)) continue;
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
