import { describe, expect, it } from 'vitest';
import type { JaegerInstance } from '../../src/controller/api/jaeger-instance.ts';
import { leftOut } from '../../src/local/left-out.ts';
import { localProcesses } from '../../src/local/local-processes.ts';
import type { LocalProcess } from '../../src/local/local-processes.ts';

function anInstance(spec: JaegerInstance['spec']): JaegerInstance {
  return {
    apiVersion: 'jaegertracing.io/v1',
    kind: 'JaegerInstance',
    metadata: { name: 'shop' },
    spec,
  };
}

const PLACE = { stateDir: '/state', dataDir: '/data/shop' };

function onlyProcess(spec: JaegerInstance['spec'], portOffset = 0): LocalProcess {
  const [process, ...others] = localProcesses(anInstance(spec), { ...PLACE, portOffset });
  if (process === undefined || others.length > 0) throw new Error('not one process');
  return process;
}

const portsOf = ({ ports }: LocalProcess): Record<string, string> =>
  Object.fromEntries(ports.map(({ name, port, transport }) => [name, `${port}/${transport}`]));

describe('localProcesses', () => {
  it('runs a plain instance as one all-in-one on its usual ports', () => {
    const process = onlyProcess({});
    expect(process.name).toBe('shop');
    expect(process.args).toEqual([
      'all-in-one',
      '--sampling.strategies-file=/state/shop-sampling-configuration/sampling.json',
    ]);
    expect(process.env).toEqual({ SPAN_STORAGE_TYPE: 'memory' });
    expect(portsOf(process)).toEqual({
      'zk-compact-trft': '5775/udp',
      'config-rest': '5778/tcp',
      'jg-compact-trft': '6831/udp',
      'jg-binary-trft': '6832/udp',
      zipkin: '9411/tcp',
      grpc: '14250/tcp',
      'c-binary-trft': '14268/tcp',
      'admin-http': '14269/tcp',
      'grpc-query': '16685/tcp',
      query: '16686/tcp',
      'grpc-otlp': '4317/tcp',
      'http-otlp': '4318/tcp',
      health: '13133/tcp',
    });
  });

  it('moves every port, that of the health answers too', () => {
    const process = onlyProcess({}, 1000);
    expect(portsOf(process)).toMatchObject({ 'http-otlp': '5318/tcp', health: '14133/tcp' });
    expect(process.args.slice(2)).toEqual([
      '--processor.zipkin-compact.server-host-port=:6775',
      '--http-server.host-port=:6778',
      '--processor.jaeger-compact.server-host-port=:7831',
      '--processor.jaeger-binary.server-host-port=:7832',
      '--collector.zipkin.host-port=:10411',
      '--collector.grpc-server.host-port=:15250',
      '--collector.http-server.host-port=:15268',
      '--admin.http.host-port=:15269',
      '--query.grpc-server.host-port=:17685',
      '--query.http-server.host-port=:17686',
      '--collector.otlp.grpc.host-port=:5317',
      '--collector.otlp.http.host-port=:5318',
      '--health.http.host-port=:14133',
    ]);
  });

  it('moves a port from where the instance has put it', () => {
    const options = { query: { 'http-server': { 'host-port': ':9000' } } };
    const process = onlyProcess({ allInOne: { options } }, 10);
    expect(portsOf(process)['query']).toBe('9010/tcp');
    const given = process.args.filter((one) => one.startsWith('--query.http-server.host-port='));
    expect(given.at(-1)).toBe('--query.http-server.host-port=:9010');
  });

  it('writes the files that ConfigMaps mount, and points the flags at them', () => {
    const process = onlyProcess({
      sampling: { options: { default_strategy: { type: 'probabilistic', param: 0.5 } } },
      ui: { options: { menu: [] } },
    });
    expect(process.args).toContain('--query.ui-config=/state/shop-ui-configuration/ui.json');
    const contents = process.files.map(({ path, content }): unknown => [path, JSON.parse(content)]);
    expect(contents.toSorted()).toEqual([
      [
        '/state/shop-sampling-configuration/sampling.json',
        { default_strategy: { type: 'probabilistic', param: 0.5 } },
      ],
      ['/state/shop-ui-configuration/ui.json', { menu: [] }],
    ]);
  });

  it('passes options and plain variables on, but not the listen address of a cluster', () => {
    const process = onlyProcess({
      env: [
        { name: 'LOG_LEVEL', value: 'debug' },
        { name: 'JAEGER_LISTEN_HOST', value: '0.0.0.0' },
      ],
      storage: { options: { memory: { 'max-traces': 7 } } },
    });
    expect(process.env).toEqual({ SPAN_STORAGE_TYPE: 'memory', LOG_LEVEL: 'debug' });
    expect(process.args).toContain('--memory.max-traces=7');
  });
});

describe('localProcesses of an instance that keeps its traces', () => {
  const processesOf = (spec: JaegerInstance['spec'], portOffset = 0): readonly LocalProcess[] =>
    localProcesses(anInstance(spec), { ...PLACE, portOffset });

  it('puts a folder of this machine in the place of the volume', () => {
    const [process] = processesOf({ storage: { type: 'embedded' } });
    expect(process).toMatchObject({
      name: 'shop',
      dataDir: '/data/shop',
      env: { SPAN_STORAGE_TYPE: 'embedded' },
    });
    expect(process?.args).toContain('--embedded.directory=/data/shop/store');
  });

  it('runs strategy production as three processes that find each other here', () => {
    const spec = { strategy: 'production', storage: { type: 'embedded' } } as const;
    const [storage, collector, query, ...others] = processesOf(spec, 1000);
    expect(others).toEqual([]);
    expect([storage, collector, query].map((one) => one?.name)).toEqual([
      'shop-storage',
      'shop-collector',
      'shop-query',
    ]);
    expect(storage?.args).toEqual([
      'storage-server',
      '--embedded.directory=/data/shop/store',
      '--embedded.max-bytes=8864Mi',
      '--shutdown-timeout=50s',
      '--grpc.host-port=:18271',
      '--admin.http.host-port=:18270',
      '--health.http.host-port=:14133',
    ]);
    for (const one of [collector, query]) {
      expect(one?.args[1]).toBe('--grpc-storage.server=127.0.0.1:18271');
      expect(one).not.toHaveProperty('dataDir');
    }
    const health = [storage, collector, query].map((one) => one && portsOf(one)['health']);
    expect(health).toEqual(['14133/tcp', '14134/tcp', '14135/tcp']);
    expect(query?.args.at(-1)).toBe('--health.http.host-port=:14135');
  });
});

describe('leftOut', () => {
  it('has nothing to say of an instance that asks for nothing special', () => {
    expect(leftOut(anInstance({}))).toEqual([]);
  });

  it('names what only a cluster can give', () => {
    const spec: JaegerInstance['spec'] = {
      agent: { strategy: 'DaemonSet' },
      ingress: { hosts: ['tracing.example.com'] },
      env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }],
      envFrom: [{ configMapRef: { name: 'c' } }],
      allInOne: { volumes: [{ name: 'certs', secret: { secretName: 's' } }] },
    };
    expect(leftOut(anInstance(spec))).toEqual([
      'DaemonSet shop-agent-daemonset',
      'Ingress shop-query',
      'env TOKEN',
      'envFrom',
      'volume certs',
    ]);
  });

  it('does not miss an Ingress that the instance turns off', () => {
    expect(leftOut(anInstance({ ingress: { enabled: false } }))).toEqual([]);
  });
});
