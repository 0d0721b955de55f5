import { storageType } from './defaults.ts';
import { flattenOptions } from './options.ts';
import type { Problem } from './problem.ts';
import type { JaegerInstanceSpec } from './spec-schema.ts';

/** Fields that are set but change nothing, said rather than swallowed. */
export function ignoredFields(spec: JaegerInstanceSpec): readonly Problem[] {
  return [
    ...ignoredByAgent(spec),
    ...ignoredByIngress(spec),
    ...ignoredByStrategy(spec),
    ...ignoredByStorage(spec),
  ];
}

function without(reason: string, path: string, fields: readonly string[]): readonly Problem[] {
  const message = `has no effect with ${reason}`;
  return fields.map((field) => ({ path: `${path}.${field}`, message }));
}

/** Names of the fields that are set, but for some. */
function setFields(block: object | undefined, except: readonly string[]): readonly string[] {
  return Object.keys(block ?? {}).filter((name) => !except.includes(name));
}

const DAEMON_SET_ONLY: readonly string[] = [
  'affinity',
  'annotations',
  'containerSecurityContext',
  'dnsPolicy',
  'labels',
  'nodeSelector',
  'priorityClassName',
  'securityContext',
  'serviceAccount',
  'tolerations',
  'topologySpreadConstraints',
];

function ignoredByAgent({ agent = {} }: JaegerInstanceSpec): readonly Problem[] {
  const isSet = setFields(agent, []);
  const [strategy, ignored] =
    agent.strategy === 'DaemonSet'
      ? ['DaemonSet', ['sidecarSecurityContext']]
      : ['Sidecar', DAEMON_SET_ONLY];
  const fields = ignored.filter((name) => isSet.includes(name));
  return without(`spec.agent.strategy: ${strategy}`, 'spec.agent', fields);
}

function ignoredByIngress({ ingress = {} }: JaegerInstanceSpec): readonly Problem[] {
  if (ingress.enabled !== false) return [];
  return without('spec.ingress.enabled: false', 'spec.ingress', setFields(ingress, ['enabled']));
}

/** Of the Services, which every strategy has. */
const SERVICE_FIELDS = ['serviceType', 'nodePort', 'annotations'];
/** Of the volume, which every strategy has with storage embedded. */
const VOLUME_FIELDS = ['size', 'storageClassName', 'accessModes', 'whenDeleted'];

function ignoredByStrategy(spec: JaegerInstanceSpec): readonly Problem[] {
  if (spec.strategy === 'production') {
    return without('spec.strategy: production', 'spec', spec.allInOne ? ['allInOne'] : []);
  }
  const reason = 'spec.strategy: allInOne';
  const { collector, query, storage } = spec;
  return [
    ...without(reason, 'spec.collector', setFields(collector, SERVICE_FIELDS)),
    ...without(reason, 'spec.query', setFields(query, SERVICE_FIELDS)),
    ...without(reason, 'spec.storage.embedded', setFields(storage?.embedded, VOLUME_FIELDS)),
  ];
}

/** Badger's folders; here there is one, on the volume. */
const BADGER_FOLDERS = ['badger.directory-key', 'badger.directory-value'];

function ignoredByStorage(spec: JaegerInstanceSpec): readonly Problem[] {
  const { storage = {}, allInOne } = spec;
  if (storageType(spec) === 'memory') {
    const fields = setFields(storage, ['type', 'options']);
    return without('spec.storage.type: memory', 'spec.storage', fields);
  }
  const reason = 'spec.storage.type: embedded';
  const folders = [...flattenOptions(storage.options).keys()].filter((flag) =>
    BADGER_FOLDERS.includes(flag),
  );
  return [
    ...without(reason, 'spec.storage.options', folders),
    ...without(reason, 'spec.allInOne', allInOne?.strategy === undefined ? [] : ['strategy']),
  ];
}
