import { describe, expect, it } from 'vitest';
import type { ComponentState } from '../../../src/controller/api/component-state.ts';
import { normalize } from '../../../src/controller/api/defaults.ts';
import { instanceStatus } from '../../../src/controller/api/status.ts';
import type { StatusInput } from '../../../src/controller/api/status.ts';
import { endpointsOf } from '../../../src/controller/desired/endpoints.ts';
import { anInstance } from '../desired/an-instance.ts';

const NOW = '2026-01-01T00:00:00Z';

function aComponent(component: string, more: Partial<ComponentState> = {}): ComponentState {
  const counts = { desired: 1, ready: 1, updated: 1 };
  return { name: `x-${component}`, kind: 'Deployment', component, ...counts, image: 'i', ...more };
}

function anInput(ready: number): StatusInput {
  return {
    generation: 2,
    paused: false,
    specErrors: [],
    applyError: undefined,
    components: [
      aComponent('all-in-one', { ready }),
      aComponent('agent', { kind: 'DaemonSet', desired: 3, ready: 3, updated: 3 }),
    ],
    volume: undefined,
    version: '1.2.3',
    strategy: 'allInOne',
    storage: 'memory',
    endpoints: endpointsOf(normalize(anInstance())),
    warnings: ['spec.x: has no effect'],
  };
}

describe('instanceStatus', () => {
  it('counts the pods that take spans and names the endpoints', () => {
    const status = instanceStatus(anInput(0), undefined, NOW);
    expect(status).toMatchObject({
      observedGeneration: 2,
      version: '1.2.3',
      strategy: 'allInOne',
      storage: 'memory',
      collector: '0/1',
      query: '0/1',
      warnings: ['spec.x: has no effect'],
    });
    expect(status.endpoints).toEqual({
      query: 'http://simplest-query.tracing.svc:16686/',
      queryGrpc: 'simplest-query.tracing.svc:16685',
      otlpGrpc: 'simplest-collector.tracing.svc:4317',
      otlpHttp: 'http://simplest-collector.tracing.svc:4318',
      jaegerGrpc: 'simplest-collector.tracing.svc:14250',
      jaegerThriftHttp: 'http://simplest-collector.tracing.svc:14268/api/traces',
      zipkin: 'http://simplest-collector.tracing.svc:9411/api/v2/spans',
      agentUdp: 'simplest-agent.tracing.svc:6831',
    });
  });

  it('is the same again for the same facts, so that nothing is written', () => {
    const first = instanceStatus(anInput(1), undefined, NOW);
    expect(instanceStatus(anInput(1), first, '2026-01-02T00:00:00Z')).toEqual(first);
    expect(first.conditions.map(({ type, status }) => `${type}=${status}`)).toEqual([
      'Ready=True',
      'Progressing=False',
      'Degraded=False',
      'StorageReady=True',
    ]);
  });
});
