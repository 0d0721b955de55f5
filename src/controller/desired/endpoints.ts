import type { NormalInstance } from '../api/defaults.ts';
import type { Endpoints } from '../api/status.ts';
import { allInOneOptions } from './all-in-one.ts';
import { namesOf } from './names.ts';

/** Addresses inside the cluster, for `status.endpoints`. */
export function endpointsOf(instance: NormalInstance): Endpoints {
  const names = namesOf(instance.name);
  const host = (service: string): string => `${service}.${instance.namespace}.svc`;
  const collector = host(names.collectorService);
  const basePath = allInOneOptions(instance).get('query.base-path') ?? '/';
  return {
    query: `http://${host(names.queryService)}:16686${basePath}`,
    otlpGrpc: `${collector}:4317`,
    otlpHttp: `http://${collector}:4318`,
    jaegerGrpc: `${collector}:14250`,
    jaegerThriftHttp: `http://${collector}:14268/api/traces`,
    zipkin: `http://${collector}:9411/api/v2/spans`,
    agentUdp: `${host(names.agentService)}:6831`,
  };
}
