import { isJsonObject } from '../../runtime/json-object.ts';
import type { KubeObject, ObjectMeta, ResourceKind } from '../kube-object.ts';
import { KubeApiError, KubeTransportError } from './kube-api.ts';
import type { KubeList, WatchEvent } from './kube-api.ts';

function isObjectMeta(value: unknown): value is ObjectMeta {
  return isJsonObject(value) && typeof value['name'] === 'string';
}

function isKubeObject(value: unknown): value is KubeObject {
  return (
    isJsonObject(value) &&
    typeof value['apiVersion'] === 'string' &&
    typeof value['kind'] === 'string' &&
    isObjectMeta(value['metadata'])
  );
}

/** @throws KubeTransportError when the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new KubeTransportError('the API server sent something that is not JSON', {
      cause: error,
    });
  }
}

/** @throws KubeTransportError when the value is no Kubernetes object. */
export function asKubeObject(value: unknown): KubeObject {
  if (isKubeObject(value)) return value;
  throw new KubeTransportError('the API server sent something that is not an object');
}

/**
 * One page of a list. Items of typed lists come without apiVersion and kind, and metadata-only ones
 * as PartialObjectMetadata: all get those of the kind that was asked for.
 */
export function asKubeList(value: unknown, kind: ResourceKind): KubeList {
  const metadata = isJsonObject(value) ? value['metadata'] : undefined;
  const items = isJsonObject(value) ? (value['items'] ?? []) : undefined;
  if (!Array.isArray(items) || !isJsonObject(metadata)) {
    throw new KubeTransportError('the API server sent something that is not a list');
  }
  const { resourceVersion, continue: next } = metadata;
  return {
    items: items.map((item: unknown) => ofKind(item, kind)),
    resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : '',
    continue: typeof next === 'string' ? next : '',
  };
}

function ofKind(value: unknown, kind: ResourceKind): KubeObject {
  if (!isJsonObject(value)) return asKubeObject(value);
  return asKubeObject({ ...value, apiVersion: kind.apiVersion, kind: kind.kind });
}

/**
 * One line of a watch.
 * @throws KubeApiError for an ERROR event.
 */
export function asWatchEvent(value: unknown, kind: ResourceKind): WatchEvent {
  const type = isJsonObject(value) ? value['type'] : undefined;
  const object = isJsonObject(value) ? value['object'] : undefined;
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type, object: ofKind(object, kind) };
    case 'BOOKMARK': {
      // A bookmark carries a resourceVersion and no name.
      const metadata = isJsonObject(object) ? object['metadata'] : undefined;
      const meta = isJsonObject(metadata) ? metadata : {};
      return { type, object: ofKind({ metadata: { ...meta, name: '' } }, kind) };
    }
    case 'ERROR':
      throw statusError(object, 500);
    default:
      throw new KubeTransportError(`the API server sent a watch event of type ${String(type)}`);
  }
}

/** The error of a Status (or of whatever came instead of one). */
export function statusError(
  status: unknown,
  httpStatus: number,
  retryAfter?: string,
): KubeApiError {
  const { message, reason, code, details } = isJsonObject(status) ? status : {};
  const seconds = Number(retryAfter ?? retryAfterSeconds(details));
  const shown = typeof message === 'string' && message !== '' ? message : `status ${httpStatus}`;
  return new KubeApiError(shown, {
    status: typeof code === 'number' ? code : httpStatus,
    reason: typeof reason === 'string' ? reason : '',
    retryAfterMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined,
  });
}

function retryAfterSeconds(details: unknown): unknown {
  return isJsonObject(details) ? details['retryAfterSeconds'] : undefined;
}
