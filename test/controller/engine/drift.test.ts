import { describe, expect, it } from 'vitest';
import { findDrift } from '../../../src/controller/engine/drift.ts';

describe('drift', () => {
  it('is not what the server or somebody else adds', () => {
    const desired = { spec: { containers: [{ name: 'a', image: 'x', env: [] }], labels: {} } };
    const observed = {
      spec: {
        replicas: 3,
        containers: [{ name: 'istio' }, { name: 'a', image: 'x', imagePullPolicy: 'Always' }],
      },
      status: {},
    };
    expect(findDrift(desired, observed)).toEqual([]);
  });

  it('is a value that is another one or missing, wherever it is', () => {
    const desired = {
      spec: { containers: [{ name: 'a', image: 'x' }], args: ['1', '2'], on: false },
    };
    const observed = { spec: { containers: [{ name: 'a', image: 'y' }], args: ['1'] } };
    expect(findDrift(desired, observed)).toEqual([
      { path: 'spec.containers[name=a].image', observed: 'y' },
      { path: 'spec.args', observed: ['1'] },
      { path: 'spec.on', observed: undefined },
    ]);
  });

  it('is not a quantity written in another way, only where quantities are', () => {
    const same = { requests: { cpu: '1000m', memory: '1024Mi' } };
    expect(findDrift(same, { requests: { cpu: '1', memory: '1Gi' } })).toEqual([]);
    expect(findDrift({ requests: { cpu: '1' } }, { requests: { cpu: '2' } })).toHaveLength(1);
    expect(findDrift({ env: '1000m' }, { env: '1' })).toHaveLength(1);
  });
});
