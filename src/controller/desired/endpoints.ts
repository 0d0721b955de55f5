import type { NormalInstance } from '../api/defaults.ts';
import type { Endpoints } from '../api/status.ts';
import { namesOf } from './names.ts';
import { queryOptions } from './role-options.ts';

/** Addresses inside the cluster, for `status.endpoints`. */
export function endpointsOf(instance: NormalInstance): Endpoints {
  const names = namesOf(instance.name);
  const host = (service: string): string => `${service}.${instance.namespace}.svc`;
  const collector = host(names.collectorService);
  const basePath = queryOptions(instance).get('query.base-path') ?? '/';
  return {
    query: `http://${host(names.queryService)}:16686${basePath}`,
    queryGrpc: `${host(names.queryService)}:16685`,
    otlpGrpc: `${collector}:4317`,
    otlpHttp: `http://${collector}:4318`,
    jaegerGrpc: `${collector}:14250`,
    jaegerThriftHttp: `http://${collector}:14268/api/traces`,
    zipkin: `http://${collector}:9411/api/v2/spans`,
    // Apart from the all-in-one, UDP is for the agents beside applications.
    ...(instance.spec.strategy === 'allInOne'
      ? { agentUdp: `${host(names.agentService)}:6831` }
      : {}),
  };
}
