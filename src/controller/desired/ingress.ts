import type { NormalInstance } from '../api/defaults.ts';
import type { KubeObject } from '../kube-object.ts';
import type { ClusterFacts } from './cluster-facts.ts';
import { namesOf } from './names.ts';
import { objectMeta } from './object-meta.ts';
import { queryOptions } from './role-options.ts';
import { withoutEmpty } from './without-empty.ts';

/**
 * On unless `spec.ingress.enabled` is false, as with Jaeger's operator. Without hosts and without a
 * base path it is the default backend of its class; the UI has no login, so give it a host and put
 * one in front, or turn it off.
 */
export function queryIngress(instance: NormalInstance, facts: ClusterFacts): readonly KubeObject[] {
  const { ingress } = instance.spec;
  if (!ingress.enabled) return [];
  const names = namesOf(instance.name);
  const metadata = objectMeta(instance, {
    name: names.ingress,
    component: 'query-ingress',
    labels: ingress.labels,
    annotations: ingress.annotations,
  });
  const spec = withoutEmpty({
    ingressClassName: ingress.ingressClassName ?? facts.defaultIngressClass,
    tls: ingress.tls,
    ...routes(instance),
  });
  return [{ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata, spec }];
}

function routes(instance: NormalInstance): object {
  const { hosts = [], pathType } = instance.spec.ingress;
  const basePath = queryOptions(instance).get('query.base-path') ?? '/';
  const { queryService: name } = namesOf(instance.name);
  const backend = { service: { name, port: { name: 'http-query' } } };
  if (hosts.length === 0 && basePath === '/') return { defaultBackend: backend };
  const http = { paths: [{ path: basePath, pathType, backend }] };
  return { rules: hosts.length === 0 ? [{ http }] : hosts.map((host) => ({ host, http })) };
}
