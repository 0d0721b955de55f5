import type { KubeObject } from '../kube-object.ts';
import type { PatchOperation } from './json-patch.ts';
import { isJsonObject } from '../../runtime/json-object.ts';

/** The request of an AdmissionReview, admission.k8s.io/v1. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly namespace: string;
  readonly dryRun: boolean;
  readonly object: KubeObject;
  /** What an update takes the place of. */
  readonly before?: KubeObject;
}

/** What a webhook says to a request. */
export type AdmissionVerdict =
  | {
      readonly allowed: true;
      readonly patch?: readonly PatchOperation[];
      readonly warnings?: readonly string[];
    }
  | { readonly allowed: false; readonly message: string; readonly warnings?: readonly string[] };

export type AdmissionHandler = (request: AdmissionRequest) => AdmissionVerdict;

/** The body is not an AdmissionReview that this server understands. */
export class AdmissionReviewError extends Error {
  override readonly name = 'AdmissionReviewError';
}

/** @throws AdmissionReviewError */
export function parseAdmissionReview(body: string): AdmissionRequest {
  const review = parseJson(body);
  if (!isJsonObject(review) || review['apiVersion'] !== 'admission.k8s.io/v1') {
    throw new AdmissionReviewError('the body is not an AdmissionReview of admission.k8s.io/v1');
  }
  const request = review['request'];
  if (
    !isJsonObject(request) ||
    typeof request['uid'] !== 'string' ||
    !isObject(request['object'])
  ) {
    throw new AdmissionReviewError('the AdmissionReview has no request with uid and object');
  }
  const { operation, namespace } = request;
  if (!isOperation(operation)) throw new AdmissionReviewError('the request has no operation');
  return {
    uid: request['uid'],
    operation,
    namespace: typeof namespace === 'string' ? namespace : '',
    dryRun: request['dryRun'] === true,
    object: request['object'],
    ...(isObject(request['oldObject']) ? { before: request['oldObject'] } : {}),
  };
}

/** The AdmissionReview that answers a request. */
export function renderAdmissionReview(uid: string, verdict: AdmissionVerdict): string {
  const warnings = verdict.warnings ?? [];
  const response = {
    uid,
    allowed: verdict.allowed,
    ...(warnings.length > 0 ? { warnings } : {}),
    ...(verdict.allowed
      ? patchFields(verdict.patch ?? [])
      : { status: { code: 422, reason: 'Invalid', message: verdict.message } }),
  };
  return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response });
}

function patchFields(patch: readonly PatchOperation[]): object {
  if (patch.length === 0) return {};
  return { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch (error) {
    throw new AdmissionReviewError('the body is not JSON', { cause: error });
  }
}

function isOperation(value: unknown): value is AdmissionRequest['operation'] {
  return value === 'CREATE' || value === 'UPDATE' || value === 'DELETE' || value === 'CONNECT';
}

function isObject(value: unknown): value is KubeObject {
  return (
    isJsonObject(value) && isJsonObject(value['metadata']) && typeof value['kind'] === 'string'
  );
}
