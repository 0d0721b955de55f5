import { text } from '../text/common-text.ts';
import { ApiError } from './fetch-json.ts';

/** An object of an answer. Fields are read by type; a missing one is its zero value, as in protobuf's JSON. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Throws an ApiError for anything but an object. */
export function jsonObject(value: unknown): JsonObject {
  if (!isObject(value)) throw new ApiError(200, text.failedShape);
  return value;
}

export function textField(object: JsonObject, key: string): string {
  return textOf(object[key]);
}

export function numberField(object: JsonObject, key: string): number {
  const value = object[key];
  return typeof value === 'number' ? value : Number(value ?? 0);
}

export function objectField(object: JsonObject, key: string): JsonObject {
  return jsonObject(object[key] ?? {});
}

export function objectsField(object: JsonObject, key: string): readonly JsonObject[] {
  return listField(object, key).map(jsonObject);
}

export function textsField(object: JsonObject, key: string): readonly string[] {
  return listField(object, key).map(textOf);
}

/** Throws an ApiError for a list with anything else in it. */
export function numbersField(object: JsonObject, key: string): readonly number[] {
  const list = listField(object, key);
  if (!isNumbers(list)) throw new ApiError(200, text.failedShape);
  return list;
}

/** Text of a scalar as people read it; anything else as JSON. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

function listField(object: JsonObject, key: string): readonly unknown[] {
  const value = object[key];
  return Array.isArray(value) ? value : [];
}

function isNumbers(list: readonly unknown[]): list is readonly number[] {
  return list.every((item) => typeof item === 'number');
}

/** Of text that anybody may have written or cut: what is no JSON is undefined. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
