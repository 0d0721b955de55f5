import { describe, expect, it } from 'vitest';
import { problemText } from '../../../src/controller/api/problem.ts';
import { validateInstance } from '../../../src/controller/api/validate.ts';
import type { KubeObject } from '../../../src/controller/kube-object.ts';

function instance(spec: unknown, more: Partial<KubeObject> = {}): KubeObject {
  return {
    apiVersion: 'jaegertracing.io/v1',
    kind: 'JaegerInstance',
    metadata: { name: 'a' },
    spec,
    ...more,
  };
}

function errorsOf(object: KubeObject): readonly string[] {
  const checked = validateInstance(object);
  return checked.valid ? [] : checked.errors.map(problemText);
}

describe('validateInstance', () => {
  it('takes an instance without a spec', () => {
    const object = {
      apiVersion: 'jaegertracing.io/v1',
      kind: 'JaegerInstance',
      metadata: { name: 'a' },
    };
    expect(validateInstance(object)).toEqual({
      valid: true,
      instance: { ...object, spec: {} },
      warnings: [],
    });
  });

  it.each(['allInOne', 'allinone', 'all-in-one'])('takes strategy %s', (strategy) => {
    expect(errorsOf(instance({ strategy }))).toEqual([]);
  });

  it.each([
    [
      { strategy: 'streaming' },
      'spec.strategy: "streaming" is not allowed; give allInOne | allinone | all-in-one | production',
    ],
    [
      { storage: { type: 'cassandra' } },
      'spec.storage.type: "cassandra" is not allowed; give memory | embedded | badger',
    ],
    [{ replicas: 2 }, 'spec.replicas: is not a field'],
    [
      { query: { nodePort: 0, serviceType: 'NodePort' } },
      'spec.query.nodePort: must be at least 1',
    ],
    [
      { query: { nodePort: 31000 } },
      'spec.query.nodePort: needs spec.query.serviceType: NodePort or LoadBalancer',
    ],
    [
      { agent: { hostNetwork: true } },
      'spec.agent.hostNetwork: true needs spec.agent.strategy: DaemonSet',
    ],
    [
      { allInOne: { strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } } },
      'spec.allInOne.strategy.rollingUpdate: has no meaning with spec.allInOne.strategy.type: Recreate',
    ],
    [
      { volumes: [{ name: 'a', hostPath: { path: '/' } }] },
      'spec.volumes[0].hostPath: hostPath volumes are refused; use a configMap, secret or persistentVolumeClaim',
    ],
    [
      { containerSecurityContext: { privileged: true } },
      'spec.containerSecurityContext.privileged: true is not allowed; give false',
    ],
    [{ paused: 'yes' }, 'spec.paused: must be true or false'],
    [{ labels: { a: 1 } }, 'spec.labels.a: must be a text'],
    [{ tolerations: {} }, 'spec.tolerations: must be a list'],
    [
      { resources: { limits: { cpu: {} } } },
      'spec.resources.limits.cpu: must be an integer or a text',
    ],
    [{ allInOne: { image: '' } }, 'spec.allInOne.image: must be a text of at least 1 characters'],
    [null, undefined],
    [[], 'spec: must be a map'],
    [
      { storage: { options: { memory: { 'max-traces': 0 } } } },
      'spec.storage.options.memory.max-traces: "0" is not allowed; give an integer, 1 to 10000000',
    ],
    [
      { storage: { options: { cassandra: { servers: 'a' } } } },
      'spec.storage.options.cassandra.servers: is not a setting',
    ],
    [
      { agent: { options: { reporter: { queue: { bytes: 'many' } } } } },
      'spec.agent.options.reporter.queue.bytes: "many" is not allowed; give bytes such as 67108864, 64Mi or 1G, from 1',
    ],
    [
      { ingress: { hosts: ['*.example.com', 'bad host!'] } },
      'spec.ingress.hosts[1]: "bad host!" is not allowed; give a host name such as traces.example.com or *.example.com',
    ],
    [
      { ingress: { tls: [{ hosts: ['a..b'] }] } },
      'spec.ingress.tls[0].hosts[0]: "a..b" is not allowed; give a host name such as traces.example.com or *.example.com',
    ],
    [
      { allInOne: { resources: { limits: { memory: 'banana', cpu: '1.5' } } } },
      'spec.allInOne.resources.limits.memory: "banana" is not allowed; give an amount such as 500m, 2 or 512Mi',
    ],
    [
      { resources: { requests: { cpu: -1, memory: '128974848' } } },
      'spec.resources.requests.cpu: -1 is not allowed; give an amount such as 500m, 2 or 512Mi',
    ],
    [
      { labels: { 'example.com/team': 'shop', '-team': 'a' } },
      'spec.labels.-team: "-team" is not allowed; give a key such as team or example.com/team',
    ],
    [
      { agent: { nodeSelector: { pool: 'a b' } } },
      'spec.agent.nodeSelector.pool: "a b" is not allowed; give at most 63 letters, digits, -, _ and ., a letter or digit first and last',
    ],
    [
      { query: { annotations: { 'a/b/c': 'any value!' } } },
      'spec.query.annotations.a/b/c: "a/b/c" is not allowed; give a key such as team or example.com/team',
    ],
    [
      { env: [{ name: 'GOOD_1' }, { name: '1 BAD' }] },
      'spec.env[1].name: "1 BAD" is not allowed; give letters, digits, -, _ and ., no digit first',
    ],
    [
      { volumes: [{ name: 'A' }] },
      'spec.volumes[0].name: "A" is not allowed; give at most 63 of a-z, 0-9 and -, a letter or digit first and last',
    ],
    [
      { sampling: { options: { default_strategy: { type: 'probabilistic', param: 2 } } } },
      'spec.sampling.options.default_strategy.param: 2 is not allowed; give a probability from 0 to 1',
    ],
  ])('judges %j', (spec, error) => {
    expect(errorsOf(instance(spec))).toEqual(error === undefined ? [] : [error]);
  });

  it('reports every error at once', () => {
    expect(errorsOf(instance({ paused: 1, agent: { x: 1, strategy: 'None' } }))).toEqual([
      'spec.paused: must be true or false',
      'spec.agent.strategy: "None" is not allowed; give Sidecar | DaemonSet',
      'spec.agent.x: is not a field',
    ]);
  });

  it.each([
    [{ kind: 'Jaeger' }, 'kind: "Jaeger" is not allowed; give JaegerInstance'],
    [
      { apiVersion: 'jaegertracing.io/v2' },
      'apiVersion: "jaegertracing.io/v2" is not allowed; give jaegertracing.io/v1',
    ],
    [{ metadata: { name: 'A b' } }, 'metadata.name: "A b" is not a name: use a-z, 0-9, - and .'],
  ])('refuses what %j is not', (more, error) => {
    expect(errorsOf(instance({}, more))).toEqual([error]);
  });

  it.each([
    [
      { agent: { affinity: {}, dnsPolicy: 'Default' } },
      [
        'spec.agent.affinity: has no effect with spec.agent.strategy: Sidecar',
        'spec.agent.dnsPolicy: has no effect with spec.agent.strategy: Sidecar',
      ],
    ],
    [
      { agent: { strategy: 'DaemonSet', sidecarSecurityContext: {} } },
      ['spec.agent.sidecarSecurityContext: has no effect with spec.agent.strategy: DaemonSet'],
    ],
    [
      { ingress: { enabled: false, hosts: ['a'] } },
      ['spec.ingress.hosts: has no effect with spec.ingress.enabled: false'],
    ],
    [{ agent: { strategy: 'DaemonSet', affinity: {} } }, []],
  ])('warns of what has no effect in %j', (spec, warnings) => {
    const checked = validateInstance(instance(spec));
    expect(checked.valid && checked.warnings.map(problemText)).toEqual(warnings);
  });
});
