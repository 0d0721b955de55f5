import { Buffer } from 'node:buffer';
import { WireError } from '../wire-error.ts';

/** A value in parsed JSON that knows where it stands, for errors that say so. */
export interface JsonNode {
  readonly value: unknown;
  readonly parent: JsonNode | undefined;
  /** Field name or array index in the parent; '' at the root. */
  readonly name: string | number;
}

/** A protobuf field's two names in proto3 JSON; parsers accept both. */
export interface FieldName {
  readonly camel: string;
  readonly snake: string;
}

export function fieldName(camel: string): FieldName {
  return { camel, snake: camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) };
}

/** A JSON number literal that may be an integer no double can hold. */
const LONG_NUMBER = /[:[,]\s*-?\d{16}/;
const INTEGER = /^-?\d+$/;

/**
 * Parses JSON text; an integer too large for a number becomes its digits as a string, which proto3
 * JSON treats the same.
 * @throws WireError
 */
export function parseJson(text: string): JsonNode {
  try {
    const value: unknown = LONG_NUMBER.test(text)
      ? JSON.parse(text, keepLongIntegers)
      : JSON.parse(text);
    return { value, parent: undefined, name: '' };
  } catch (error) {
    // A RangeError is the stack of the reviver: nested far deeper than any span.
    const why = error instanceof SyntaxError ? error.message : 'nested too deep';
    throw new WireError(`json: ${why}`, { cause: error });
  }
}

function keepLongIntegers(
  _key: string,
  value: unknown,
  context?: { readonly source?: string },
): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? '';
  return INTEGER.test(source) ? source : value;
}

export function jsonError(node: JsonNode, expected: string): WireError {
  return new WireError(`json: ${shortened(placeOf(node))} must be ${expected}`);
}

/** Characters of a place's two ends that an error shows; what is between says little. */
const PLACE_END_CHARS = 80;

function shortened(place: string): string {
  if (place.length <= 2 * PLACE_END_CHARS) return place;
  return `${place.slice(0, PLACE_END_CHARS)} … ${place.slice(-PLACE_END_CHARS)}`;
}

function placeOf(node: JsonNode): string {
  if (node.parent === undefined) return 'the body';
  const outer = node.parent.parent === undefined ? '' : placeOf(node.parent);
  if (typeof node.name === 'number') return `${outer}[${node.name}]`;
  return outer === '' ? node.name : `${outer}.${node.name}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function requireObject(node: JsonNode): void {
  if (!isObject(node.value)) throw jsonError(node, 'an object');
}

/** A field of an object; undefined when absent or null, which mean the same in proto3 JSON. */
export function childOf(node: JsonNode, { camel, snake }: FieldName): JsonNode | undefined {
  if (!isObject(node.value)) throw jsonError(node, 'an object');
  const direct = node.value[camel];
  const name = direct === undefined ? snake : camel;
  const value = direct === undefined ? node.value[snake] : direct;
  return value === undefined || value === null ? undefined : { value, parent: node, name };
}

export function itemsOf(node: JsonNode, name: FieldName): readonly JsonNode[] {
  const list = childOf(node, name);
  if (list === undefined) return [];
  if (!Array.isArray(list.value)) throw jsonError(list, 'an array');
  return list.value.map((value: unknown, index) => ({ value, parent: list, name: index }));
}

export function stringOf(node: JsonNode): string {
  if (typeof node.value !== 'string') throw jsonError(node, 'a string');
  return node.value;
}

export function boolOf(node: JsonNode): boolean {
  if (typeof node.value !== 'boolean') throw jsonError(node, 'true or false');
  return node.value;
}

const HEX = /^(?:[0-9a-fA-F]{2})*$/;

export function hexOf(node: JsonNode): string {
  if (typeof node.value !== 'string' || !HEX.test(node.value)) throw jsonError(node, 'hex digits');
  return node.value;
}

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

export function bytesOf(node: JsonNode): Uint8Array {
  if (typeof node.value !== 'string' || !BASE64.test(node.value)) throw jsonError(node, 'base64');
  return Buffer.from(node.value, 'base64');
}

const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;
/** Digits of a 64-bit integer with room for leading zeros; longer text is not worth parsing. */
const DIGITS_MAX = 40;

/** An integer of 64 bits, signed or not, as a number or a string. */
export function int64Of(node: JsonNode): bigint {
  const { value } = node;
  let integer: bigint | undefined;
  if (typeof value === 'number' && Number.isInteger(value)) integer = BigInt(value);
  else if (typeof value === 'string' && value.length <= DIGITS_MAX && INTEGER.test(value)) {
    integer = BigInt(value);
  }
  if (integer === undefined || integer < INT64_MIN || integer > UINT64_MAX) {
    throw jsonError(node, 'an integer of 64 bits');
  }
  return integer;
}

export function uint32Of(node: JsonNode): number {
  const value = int64Of(node);
  if (value < 0n || value > 0xffff_ffffn) throw jsonError(node, 'an integer from 0 to 4294967295');
  return Number(value);
}

export function doubleOf(node: JsonNode): number {
  const { value } = node;
  if (typeof value === 'number') return value;
  const named = typeof value === 'string' && /^(NaN|-?Infinity)$/.test(value);
  const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  if (!named && Number.isNaN(parsed)) throw jsonError(node, 'a number');
  return parsed;
}

/** An enum as its number or its name; `names` by number, in the model's spelling. */
export function enumOf(node: JsonNode, prefix: string, names: readonly string[]): number {
  const { value } = node;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value >>> 0;
  const index =
    typeof value === 'string'
      ? names.findIndex((name) => value === `${prefix}${name.toUpperCase()}`)
      : -1;
  if (index < 0) throw jsonError(node, `one of ${names.length} names of ${prefix}* or its number`);
  return index;
}
