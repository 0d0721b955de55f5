import { jsonFields, jsonText } from '../../runtime/json-object.ts';
import type { KubeObject } from '../kube-object.ts';
import { parseQuantity } from '../quantity.ts';

/** The claim that an instance keeps its traces on, as it stands. */
export interface VolumeState {
  readonly name: string;
  /** `Missing` before there is a claim. */
  readonly phase: string;
  /** What there is; '' before there is a volume. */
  readonly size: string;
  /** What is asked for and not there yet. */
  readonly wantedSize?: string;
  /** Why the claim has no volume. */
  readonly problem?: string;
  /** Why the pod does not get the volume. */
  readonly mountProblem?: string;
  /** Why the volume stays smaller than the spec says. */
  readonly growProblem?: string;
}

/** The claim as the API server returned it; undefined: there is none yet. */
export function volumeState(name: string, claim: KubeObject | undefined): VolumeState {
  if (claim === undefined) return { name, phase: 'Missing', size: '' };
  const { phase, capacity } = jsonFields(claim['status']);
  const size = jsonText(jsonFields(capacity)['storage']) ?? '';
  const wantedSize = requestedSize(claim);
  const isSmaller = (parseQuantity(size) ?? 0) < (parseQuantity(wantedSize) ?? 0);
  return {
    name,
    phase: jsonText(phase) ?? 'Pending',
    size,
    ...(isSmaller ? { wantedSize } : {}),
  };
}

/**
 * What a store on the volume can count on: growing takes its time, or is not possible at all.
 * @returns undefined when it is what the spec says, or more, or not known yet
 */
export function smallerThan(wanted: string, claim: KubeObject | undefined): string | undefined {
  const { size } = volumeState('', claim);
  return size !== '' && (parseQuantity(size) ?? 0) < (parseQuantity(wanted) ?? 0)
    ? size
    : undefined;
}

/** What a claim asks for. */
export function requestedSize(claim: KubeObject): string {
  const { requests } = jsonFields(jsonFields(claim['spec'])['resources']);
  return jsonText(jsonFields(requests)['storage']) ?? '';
}
