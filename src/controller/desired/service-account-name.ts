import type { NormalInstance } from '../api/defaults.ts';
import type { PodBlock } from '../api/pod-schema.ts';
import { namesOf } from './names.ts';

/** The ServiceAccount of a component's pods. */
export function serviceAccountName(instance: NormalInstance, block: PodBlock): string {
  return block.serviceAccount ?? namesOf(instance.name).serviceAccount;
}
