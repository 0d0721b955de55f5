import { parseQuantity } from '../quantity.ts';
import { DEFAULT_VOLUME, storageType } from './defaults.ts';
import type { JaegerInstanceSpec } from './spec-schema.ts';

/** A rule over several fields, held twice: by the API server (CEL) and here. */
export interface CrossFieldRule {
  /** Field the error is told about, below `spec`. */
  readonly path: readonly string[];
  readonly message: string;
  /** Common Expression Language; `self` is the spec, `oldSelf` the one it takes the place of. */
  readonly cel: string;
  /** Without `before` it is a new instance, or one whose past nobody knows. */
  readonly holds: (spec: JaegerInstanceSpec, before?: JaegerInstanceSpec) => boolean;
}

const DISK_TYPES = "['embedded', 'badger']";
const onDisk = (spec: string): string =>
  `has(${spec}.storage) && has(${spec}.storage.type) && ${spec}.storage.type in ${DISK_TYPES}`;
const volumeField = (spec: string, field: string, absent: string): string =>
  `(has(${spec}.storage.embedded) && has(${spec}.storage.embedded.${field}) ` +
  `? ${spec}.storage.embedded.${field} : ${absent})`;
const isProduction = (spec: string): string =>
  `(has(${spec}.strategy) && ${spec}.strategy == 'production')`;
/** Another strategy keeps its traces on another volume. */
const sameVolume = (rule: string): string =>
  `!(${onDisk('self')}) || !(${onDisk('oldSelf')}) || ` +
  `${isProduction('self')} != ${isProduction('oldSelf')} || ${rule}`;
const unchangedField = (field: string, absent: string): string =>
  sameVolume(`${volumeField('self', field, absent)} == ${volumeField('oldSelf', field, absent)}`);

type EmbeddedField = 'size' | 'storageClassName' | 'accessModes';

/** Of two specs with the same volume; a rule about the volume holds where there are not two. */
function volumeValues(
  field: EmbeddedField,
  spec: JaegerInstanceSpec,
  before: JaegerInstanceSpec | undefined,
): readonly [now: unknown, before: unknown] | undefined {
  if (before === undefined) return undefined;
  if (storageType(spec) !== 'embedded' || storageType(before) !== 'embedded') return undefined;
  if ((spec.strategy === 'production') !== (before.strategy === 'production')) return undefined;
  return [spec.storage?.embedded?.[field], before.storage?.embedded?.[field]];
}

function isUnchanged(
  field: EmbeddedField,
  spec: JaegerInstanceSpec,
  before: JaegerInstanceSpec | undefined,
): boolean {
  const values = volumeValues(field, spec, before);
  const absent = field === 'accessModes' ? DEFAULT_VOLUME.accessModes : '';
  const [now, was] = (values ?? []).map((value) => JSON.stringify(value ?? absent));
  return now === was;
}

function isNotShrunk(spec: JaegerInstanceSpec, before: JaegerInstanceSpec | undefined): boolean {
  const sizes = volumeValues('size', spec, before) ?? [];
  const [now = 0, was = 0] = sizes.map((size) => parseQuantity(size ?? DEFAULT_VOLUME.size));
  return now >= was;
}

function rollingRule(role: 'collector' | 'query'): CrossFieldRule {
  return {
    path: [role, 'strategy', 'rollingUpdate'],
    message: `has no meaning with spec.${role}.strategy.type: Recreate`,
    cel: `!has(self.${role}) || !has(self.${role}.strategy) || !has(self.${role}.strategy.rollingUpdate) || !has(self.${role}.strategy.type) || self.${role}.strategy.type != 'Recreate'`,
    holds: (spec) =>
      spec[role]?.strategy?.rollingUpdate === undefined || spec[role].strategy.type !== 'Recreate',
  };
}

export const CROSS_FIELD_RULES: readonly CrossFieldRule[] = [
  {
    path: ['agent', 'hostNetwork'],
    message: 'true needs spec.agent.strategy: DaemonSet',
    cel: "!has(self.agent) || !has(self.agent.hostNetwork) || !self.agent.hostNetwork || (has(self.agent.strategy) && self.agent.strategy == 'DaemonSet')",
    holds: ({ agent }) => agent?.hostNetwork !== true || agent.strategy === 'DaemonSet',
  },
  {
    path: ['query', 'nodePort'],
    message: 'needs spec.query.serviceType: NodePort or LoadBalancer',
    cel: "!has(self.query) || !has(self.query.nodePort) || (has(self.query.serviceType) && self.query.serviceType != 'ClusterIP')",
    holds: ({ query }) =>
      query?.nodePort === undefined || (query.serviceType ?? 'ClusterIP') !== 'ClusterIP',
  },
  {
    path: ['allInOne', 'strategy', 'rollingUpdate'],
    message: 'has no meaning with spec.allInOne.strategy.type: Recreate',
    cel: "!has(self.allInOne) || !has(self.allInOne.strategy) || !has(self.allInOne.strategy.rollingUpdate) || !has(self.allInOne.strategy.type) || self.allInOne.strategy.type != 'Recreate'",
    holds: ({ allInOne }) =>
      allInOne?.strategy?.rollingUpdate === undefined || allInOne.strategy.type !== 'Recreate',
  },
  rollingRule('collector'),
  rollingRule('query'),
  {
    path: ['storage', 'type'],
    message:
      'strategy production needs embedded: its collector and query are apart, and memory is not shared',
    cel: `!has(self.strategy) || self.strategy != 'production' || (${onDisk('self')})`,
    holds: (spec) => spec.strategy !== 'production' || storageType(spec) === 'embedded',
  },
  {
    path: ['storage', 'embedded', 'size'],
    message: 'a volume cannot shrink: give the size it has (10Gi when none was given) or more',
    cel: sameVolume(
      `quantity(${volumeField('self', 'size', `'${DEFAULT_VOLUME.size}'`)})` +
        `.compareTo(quantity(${volumeField('oldSelf', 'size', `'${DEFAULT_VOLUME.size}'`)})) >= 0`,
    ),
    holds: (spec, before) => isNotShrunk(spec, before),
  },
  {
    path: ['storage', 'embedded', 'storageClassName'],
    message:
      'a volume stays in the class it was made in: give another instance the new class, and move over',
    cel: unchangedField('storageClassName', "''"),
    holds: (spec, before) => isUnchanged('storageClassName', spec, before),
  },
  {
    path: ['storage', 'embedded', 'accessModes'],
    message: 'a volume keeps the access modes it was made with',
    cel: unchangedField('accessModes', "['ReadWriteOnce']"),
    holds: (spec, before) => isUnchanged('accessModes', spec, before),
  },
];
