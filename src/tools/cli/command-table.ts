import type { CommandEntry } from './command-entry.ts';
import { roleCommand } from './role-command.ts';

/** Everything `jaegerctl` can do, in the order its help shows. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'controller',
    group: 'Roles',
    summary: 'The operator: keeps the JaegerInstances of a cluster right',
    load: async () =>
      roleCommand((await import('../../controller/role.ts')).controllerRole, {
        summary: 'Watch JaegerInstances and keep everything they ask for right.',
        examples: [
          ['jaegerctl controller', 'run against the cluster of the current kubeconfig context'],
          ['jaegerctl controller --watch-namespaces=team-a,team-b', 'only these namespaces'],
        ],
      }),
  },
  {
    name: 'all-in-one',
    group: 'Roles',
    summary: 'Collector, query and UI over one storage, in one process',
    load: async () =>
      roleCommand((await import('../../all-in-one/role.ts')).allInOneRole, {
        summary: 'Receive, keep and show traces in one process.',
        examples: [
          ['jaegerctl all-in-one', 'listen on localhost; UI at http://localhost:16686'],
          ['jaegerctl all-in-one --memory.max-traces=50000', 'keep at most 50,000 traces'],
          ['JAEGER_LISTEN_HOST=0.0.0.0 jaegerctl all-in-one', 'listen on every interface'],
        ],
      }),
  },
  {
    name: 'collector',
    group: 'Roles',
    summary: 'Receives spans in every protocol and writes them to storage',
    load: async () =>
      roleCommand((await import('../../collector/role.ts')).collectorRole, {
        summary: 'Receive spans and write them to storage.',
        examples: [
          ['jaegerctl collector', 'OTLP on 4317 and 4318, Jaeger thrift on 14268'],
          [
            'jaegerctl collector --config collector.yaml --print-config',
            'show the effective config',
          ],
        ],
      }),
  },
  {
    name: 'query',
    group: 'Roles',
    summary: 'Serves the query APIs and the web UI',
    load: async () =>
      roleCommand((await import('../../query/role.ts')).queryRole, {
        summary: 'Serve the query APIs and the web UI.',
        examples: [
          ['jaegerctl query', 'UI and API at http://localhost:16686'],
          ['jaegerctl query --query.base-path=/jaeger', 'behind a proxy that keeps the path'],
        ],
      }),
  },
  {
    name: 'agent-sidecar',
    group: 'Roles',
    summary: 'Takes spans next to the application and forwards them to a collector',
    load: async () =>
      roleCommand((await import('../../agent-sidecar/role.ts')).agentSidecarRole, {
        summary: 'Take spans by UDP and OTLP next to the application, forward them over OTLP/gRPC.',
        examples: [
          [
            'jaegerctl agent-sidecar --reporter.grpc.host-port=dns:///collector:4317',
            'forward to every address of a name, in turn',
          ],
        ],
      }),
  },
  {
    name: 'storage-server',
    group: 'Roles',
    summary: 'Serves one storage to several collectors and queries',
    load: async () =>
      roleCommand((await import('../../storage-server/role.ts')).storageServerRole, {
        summary: 'Serve a storage over gRPC: jaeger.storage.v2 to read, OTLP to write.',
        examples: [
          ['jaegerctl storage-server', 'serve a storage in memory at localhost:17271'],
          [
            'jaegerctl query --span-storage.type=grpc --grpc-storage.server=localhost:17271',
            'show what it has, from another process',
          ],
        ],
      }),
  },
  {
    name: 'up',
    group: 'Tools',
    summary: 'Runs a JaegerInstance as local processes, without a cluster',
    load: async () => (await import('../../local/up-command.ts')).upCommand(),
  },
  {
    name: 'plan',
    group: 'Tools',
    summary: 'Shows what the operator would do for a JaegerInstance',
    load: async () => (await import('../plan/plan-command.ts')).planCommand(),
  },
  {
    name: 'store',
    group: 'Tools',
    summary: 'Checks, counts, copies and compacts the folder of the embedded storage',
    load: async () => (await import('../store/store-command.ts')).storeCommand(),
  },
  {
    name: 'hotrod',
    group: 'Tools',
    summary: 'A demo application of six services that sends its traces here',
    load: async () => (await import('../hotrod/hotrod-command.ts')).hotrodCommand(),
  },
  {
    name: 'tracegen',
    group: 'Tools',
    summary: 'Generates traces at a chosen rate',
    goFlags: true,
    load: async () => (await import('../tracegen/tracegen-command.ts')).tracegenCommand(),
  },
];
