import type { ObjectMeta, ResourceKind } from '../kube-object.ts';
import type { JaegerInstanceSpec } from './spec-schema.ts';
import type { JaegerInstanceStatus } from './status.ts';

export const JAEGER_INSTANCE: ResourceKind & { readonly group: string; readonly version: string } =
  {
    group: 'jaegertracing.io',
    version: 'v1',
    apiVersion: 'jaegertracing.io/v1',
    kind: 'JaegerInstance',
    plural: 'jaegerinstances',
    namespaced: true,
  };

/** An instance that `validateInstance` has passed. */
export interface JaegerInstance {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  /** As requested; nothing filled in. */
  readonly spec: JaegerInstanceSpec;
  readonly status?: JaegerInstanceStatus;
}
