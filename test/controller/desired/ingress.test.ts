import { describe, expect, it } from 'vitest';
import { desiredObjects } from '../../../src/controller/desired/desired-objects.ts';
import { FACTS, anInstance, desired, labels } from './an-instance.ts';

const BACKEND = { service: { name: 'simplest-query', port: { name: 'http-query' } } };

describe('the Ingress', () => {
  it('is the default backend when nothing is said', () => {
    expect(desired('Ingress', 'simplest-query')).toEqual({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: {
        name: 'simplest-query',
        namespace: 'tracing',
        labels: labels('query-ingress', 'simplest-query'),
      },
      spec: { defaultBackend: BACKEND },
    });
  });

  it('has a rule for each host at the base path of the query', () => {
    const ingress = desired('Ingress', 'simplest-query', {
      allInOne: { options: { query: { 'base-path': '/jaeger' } } },
      ingress: {
        hosts: ['a.example', 'b.example'],
        tls: [{ hosts: ['a.example'], secretName: 'a' }],
        ingressClassName: 'nginx',
        annotations: { x: 'y' },
      },
    });
    const http = { paths: [{ path: '/jaeger', pathType: 'Prefix', backend: BACKEND }] };
    expect(ingress['spec']).toEqual({
      ingressClassName: 'nginx',
      tls: [{ hosts: ['a.example'], secretName: 'a' }],
      rules: [
        { host: 'a.example', http },
        { host: 'b.example', http },
      ],
    });
    expect(ingress.metadata.annotations).toEqual({ x: 'y' });
  });

  it('has one rule for every host when only a base path is given', () => {
    const spec = { allInOne: { options: { 'query.base-path': '/j' } } };
    const http = { paths: [{ path: '/j', pathType: 'Prefix', backend: BACKEND }] };
    expect(desired('Ingress', 'simplest-query', spec)['spec']).toEqual({ rules: [{ http }] });
  });

  it('takes the default class of the cluster', () => {
    const objects = desiredObjects(anInstance(), { ...FACTS, defaultIngressClass: 'traefik' });
    expect(objects.find(({ kind }) => kind === 'Ingress')?.['spec']).toMatchObject({
      ingressClassName: 'traefik',
    });
  });

  it('is not made when turned off', () => {
    expect(() => desired('Ingress', 'simplest-query', { ingress: { enabled: false } })).toThrow(
      '0 objects',
    );
  });
});
