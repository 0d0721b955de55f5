import {
  JSON_FALSE,
  JSON_NULL,
  JSON_NUMBER,
  JSON_STRING,
  JSON_TRUE,
  JsonScanner,
} from '../json/json-scanner.ts';
import { createKeyTable } from '../json/key-table.ts';
import type { ProtobufWriter } from '../protobuf/writer.ts';
import { clearEndpoint, createEndpoint } from './endpoint.ts';
import type { ZipkinEndpoint } from './endpoint.ts';
import { readEndpoint, readNumber, readText } from './json-parts.ts';
import { COMMON_KEYS, readCommonField, readSpans } from './json-span-fields.ts';
import { ZipkinSpanWriter } from './span-writer.ts';
import type { TagRange } from './tag-status.ts';
import { V1Annotations } from './v1-annotations.ts';

/**
 * OTLP TracesData bytes of a Zipkin v1 JSON list of spans; the mapping is `ZipkinSpanWriter`'s and
 * `V1Annotations`'. Unknown fields are ignored and null means absent.
 * https://zipkin.io/zipkin-api/zipkin-api.yaml
 * @throws WireError
 */
export function zipkinV1JsonToOtlp(json: Uint8Array, scratch?: ProtobufWriter): Uint8Array {
  const scanner = new JsonScanner(json);
  const conversion: Conversion = {
    scanner,
    spans: new ZipkinSpanWriter(scanner.text, scratch),
    annotations: new V1Annotations(),
    host: createEndpoint(),
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
  readonly annotations: V1Annotations;
  readonly host: ZipkinEndpoint;
  readonly tag: TagRange;
}

const ANNOTATIONS = COMMON_KEYS.length;
const BINARY_ANNOTATIONS = ANNOTATIONS + 1;
const SPAN_KEYS = createKeyTable([...COMMON_KEYS, 'annotations', 'binaryAnnotations']);

function readSpan(conversion: Conversion): void {
  const { scanner, spans, annotations } = conversion;
  spans.begin();
  annotations.begin();
  scanner.enterObject();
  while (scanner.nextKey()) {
    const key = SPAN_KEYS.keyOf(scanner);
    switch (key) {
      case ANNOTATIONS:
        readList(conversion, readAnnotation);
        break;
      case BINARY_ANNOTATIONS:
        readList(conversion, readBinaryAnnotation);
        break;
      default:
        readCommonField(scanner, spans, key);
    }
  }
  annotations.finish(spans);
}

function readList(conversion: Conversion, readElement: (conversion: Conversion) => void): void {
  const { scanner } = conversion;
  if (scanner.isNull()) return;
  scanner.enterArray();
  while (scanner.nextItem()) {
    if (!scanner.isNull()) readElement(conversion);
  }
}

const PART_KEYS = createKeyTable(['timestamp', 'key', 'value', 'endpoint']);
const PART_TIMESTAMP = 0;
const PART_KEY = 1;
const PART_VALUE = 2;
const PART_ENDPOINT = 3;

function readAnnotation({ scanner, spans, annotations, host }: Conversion): void {
  let micros = 0;
  let start = 0;
  let stop = 0;
  clearEndpoint(host);
  scanner.enterObject();
  while (scanner.nextKey()) {
    switch (PART_KEYS.keyOf(scanner)) {
      case PART_TIMESTAMP:
        micros = readNumber(scanner);
        break;
      case PART_VALUE:
        readText(scanner);
        ({ start, stop } = scanner);
        break;
      case PART_ENDPOINT:
        readEndpoint(scanner, host);
        break;
      default:
        scanner.skip();
    }
  }
  annotations.annotation(spans, { micros, start, stop }, host);
}

function readBinaryAnnotation(conversion: Conversion): void {
  const { scanner, annotations, host, tag } = conversion;
  let kind = JSON_NULL;
  tag.keyStart = tag.keyStop = tag.valueStart = tag.valueStop = 0;
  clearEndpoint(host);
  scanner.enterObject();
  while (scanner.nextKey()) {
    switch (PART_KEYS.keyOf(scanner)) {
      case PART_KEY:
        readText(scanner);
        tag.keyStart = scanner.start;
        tag.keyStop = scanner.stop;
        break;
      case PART_VALUE:
        kind = readValue(scanner, tag);
        break;
      case PART_ENDPOINT:
        readEndpoint(scanner, host);
        break;
      default:
        scanner.skip();
    }
  }
  writeBinary(conversion, annotations, kind);
}

function writeBinary(
  { spans, host, tag }: { spans: ZipkinSpanWriter; host: ZipkinEndpoint; tag: TagRange },
  annotations: V1Annotations,
  kind: number,
): void {
  const key = { start: tag.keyStart, stop: tag.keyStop };
  if (annotations.address(spans, key, host)) return;
  if (annotations.tagHost(spans, key, host)) spans.textTag('component', tag);
  else if (kind === JSON_TRUE || kind === JSON_FALSE) spans.boolTag(tag, kind === JSON_TRUE);
  else if (kind === JSON_NUMBER) spans.numberTag(tag);
  else if (kind === JSON_STRING) spans.tagOfV1(tag);
}

/** Reads a value of any scalar kind; says which. The range is that of the text or the literal. */
function readValue(scanner: JsonScanner, tag: TagRange): number {
  const kind = scanner.peek();
  switch (kind) {
    case JSON_STRING:
      scanner.string();
      break;
    case JSON_NUMBER:
      scanner.number();
      break;
    case JSON_TRUE:
    case JSON_FALSE:
      scanner.start = scanner.stop = 0;
      scanner.bool();
      break;
    case JSON_NULL:
      readText(scanner);
      break;
    default:
      throw scanner.bad('the value of a binary annotation should be a scalar, but is none');
  }
  tag.valueStart = scanner.start;
  tag.valueStop = scanner.stop;
  return kind;
}
