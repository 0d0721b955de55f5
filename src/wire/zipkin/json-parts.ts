import { JSON_NULL, JSON_STRING } from '../json/json-scanner.ts';
import type { JsonScanner } from '../json/json-scanner.ts';
import { createKeyTable } from '../json/key-table.ts';
import { clearEndpoint, copyEndpoint } from './endpoint.ts';
import type { ZipkinEndpoint } from './endpoint.ts';
import { readHexId } from '../json/hex-id.ts';

/** The whole microseconds of a number, also when written as a string; 0 for null. */
export function readNumber(scanner: JsonScanner): number {
  switch (scanner.peek()) {
    case JSON_NULL:
      scanner.isNull();
      return 0;
    case JSON_STRING:
      return wholeOf(numberInString(scanner));
    default:
      return wholeOf(scanner.number());
  }
}

/** Finite: infinity means that there is no time. */
function wholeOf(value: number): number {
  return Math.trunc(Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value)));
}

const NUMBER_CHARS_MAX = 40;
const DECIMAL = /^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

function numberInString(scanner: JsonScanner): number {
  scanner.string();
  const { text, start, stop } = scanner;
  const digits = stop - start <= NUMBER_CHARS_MAX ? text.toString('latin1', start, stop) : '';
  if (!DECIMAL.test(digits)) throw scanner.bad('a number should end');
  return Number(digits);
}

/** True, false or null. */
export function readFlag(scanner: JsonScanner): boolean {
  return !scanner.isNull() && scanner.bool();
}

/** Reads a string into the scanner's range, which null leaves empty. */
export function readText(scanner: JsonScanner): void {
  if (scanner.isString()) return;
  if (!scanner.isNull()) throw scanner.bad('a string should be');
  scanner.start = scanner.stop = 0;
}

/** Reads an id; false for null. */
export function readId(scanner: JsonScanner, words: Uint32Array): boolean {
  if (!scanner.isString()) {
    if (scanner.isNull()) return false;
    throw scanner.bad('a string should be');
  }
  if (!readHexId(scanner.text, scanner.start, scanner.stop, words)) {
    throw scanner.bad(`an id of 1 to ${words.length * 8} hex digits should end`);
  }
  return scanner.stop > scanner.start;
}

/** An endpoint and the bytes it was read from; size 0 when there is none. */
export interface ReadEndpoint {
  start: number;
  size: number;
  readonly endpoint: ZipkinEndpoint;
}

/** As `readEndpoint`; not read once more when it is byte by byte the one before. */
export function readEndpointAgain(
  scanner: JsonScanner,
  endpoint: ZipkinEndpoint,
  before: ReadEndpoint,
): void {
  const start = scanner.position;
  if (before.size > 0 && scanner.isAgain(before.start, before.size)) {
    scanner.position = start + before.size;
    copyEndpoint(before.endpoint, endpoint);
    return;
  }
  readEndpoint(scanner, endpoint);
  before.start = start;
  const size = scanner.position - start;
  before.size = size >= ENDPOINT_BYTES_MIN ? size : 0;
  copyEndpoint(endpoint, before.endpoint);
}

/** Nothing shorter has a meaning. */
const ENDPOINT_BYTES_MIN = 8;

const SERVICE_NAME = 0;
const IPV4 = 1;
const IPV6 = 2;
const PORT = 3;
const KEYS = createKeyTable(['serviceName', 'ipv4', 'ipv6', 'port']);
const PORT_MAX = 65_535;

/** Reads an endpoint over what the record had; of two addresses the longer one counts, as in Jaeger. */
export function readEndpoint(scanner: JsonScanner, endpoint: ZipkinEndpoint): void {
  clearEndpoint(endpoint);
  if (scanner.isNull()) return;
  let hasIpv6 = false;
  scanner.enterObject();
  while (scanner.nextKey()) {
    const key = KEYS.keyOf(scanner);
    switch (key) {
      case SERVICE_NAME:
        readText(scanner);
        endpoint.nameStart = scanner.start;
        endpoint.nameStop = scanner.stop;
        break;
      case IPV4:
      case IPV6:
        readText(scanner);
        if (scanner.stop === scanner.start || (key === IPV4 && hasIpv6)) break;
        hasIpv6 = key === IPV6;
        endpoint.addressStart = scanner.start;
        endpoint.addressStop = scanner.stop;
        break;
      case PORT: {
        const port = readNumber(scanner);
        endpoint.port = Number.isInteger(port) && port > 0 && port <= PORT_MAX ? port : 0;
        break;
      }
      default:
        scanner.skip();
    }
  }
}
