import { describe, expect, it } from 'vitest';
import { desired, labels } from './an-instance.ts';

const SELECTOR = {
  'app.kubernetes.io/instance': 'simplest',
  'app.kubernetes.io/component': 'all-in-one',
};

const COLLECTOR_PORTS = [
  { name: 'http-zipkin', port: 9411, targetPort: 'zipkin', protocol: 'TCP' },
  { name: 'grpc-jaeger', port: 14250, targetPort: 'grpc', protocol: 'TCP' },
  { name: 'http-c-binary-trft', port: 14268, targetPort: 'c-binary-trft', protocol: 'TCP' },
  { name: 'admin-http', port: 14269, targetPort: 'admin-http', protocol: 'TCP' },
  { name: 'grpc-otlp', port: 4317, targetPort: 'grpc-otlp', protocol: 'TCP' },
  { name: 'http-otlp', port: 4318, targetPort: 'http-otlp', protocol: 'TCP' },
];

describe('the Services', () => {
  it.each([
    [
      'simplest-collector-headless',
      'service-collector',
      { annotations: { 'prometheus.io/scrape': 'false' } },
      { clusterIP: 'None', selector: SELECTOR, ports: COLLECTOR_PORTS },
    ],
    [
      'simplest-collector',
      'service-collector',
      {},
      { type: 'ClusterIP', selector: SELECTOR, ports: COLLECTOR_PORTS },
    ],
    [
      'simplest-query',
      'service-query',
      {},
      {
        type: 'ClusterIP',
        selector: SELECTOR,
        ports: [
          { name: 'http-query', port: 16686, targetPort: 'query', protocol: 'TCP' },
          { name: 'grpc-query', port: 16685, targetPort: 'grpc-query', protocol: 'TCP' },
        ],
      },
    ],
    [
      'simplest-agent',
      'service-agent',
      {},
      {
        clusterIP: 'None',
        selector: SELECTOR,
        ports: [
          { name: 'zk-compact-trft', port: 5775, targetPort: 'zk-compact-trft', protocol: 'UDP' },
          { name: 'http-config-rest', port: 5778, targetPort: 'config-rest', protocol: 'TCP' },
          { name: 'jg-compact-trft', port: 6831, targetPort: 'jg-compact-trft', protocol: 'UDP' },
          { name: 'jg-binary-trft', port: 6832, targetPort: 'jg-binary-trft', protocol: 'UDP' },
        ],
      },
    ],
  ])('has %s', (name, component, more, spec) => {
    expect(desired('Service', name)).toEqual({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'tracing', labels: labels(component, name), ...more },
      spec,
    });
  });

  it('gives the query Service its type, node port and annotations', () => {
    const query = { serviceType: 'NodePort', nodePort: 31000, annotations: { a: 'b' } } as const;
    expect(desired('Service', 'simplest-query', { query })).toMatchObject({
      metadata: { annotations: { a: 'b' } },
      spec: { type: 'NodePort', ports: [{ name: 'http-query', nodePort: 31000 }, { port: 16685 }] },
    });
  });

  it('gives both collector Services the annotations and one of them the type', () => {
    const collector = { serviceType: 'LoadBalancer', annotations: { a: 'b' } } as const;
    expect(desired('Service', 'simplest-collector', { collector })).toMatchObject({
      metadata: { annotations: { a: 'b' } },
      spec: { type: 'LoadBalancer' },
    });
    const headless = desired('Service', 'simplest-collector-headless', { collector });
    expect(headless.metadata.annotations).toEqual({ 'prometheus.io/scrape': 'false', a: 'b' });
    expect(headless['spec']).not.toHaveProperty('type');
  });
});
