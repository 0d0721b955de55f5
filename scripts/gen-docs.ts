import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allInOneRole } from '../src/all-in-one/role.ts';
import { agentSidecarRole } from '../src/agent-sidecar/role.ts';
import { collectorRole } from '../src/collector/role.ts';
import { controllerRole } from '../src/controller/role.ts';
import { queryRole } from '../src/query/role.ts';
import type { Role } from '../src/runtime/role.ts';
import { storageServerRole } from '../src/storage-server/role.ts';
import type { SettingGroup } from '../src/runtime/setting.ts';
import { COMMANDS } from '../src/tools/cli/command-table.ts';
import { configPage } from './gen-docs-config.ts';
import { instancePage } from './gen-docs-instance.ts';
import { metricsOf, metricsPage } from './gen-docs-metrics.ts';
import type { MetricDescription } from './gen-docs-metrics.ts';
import { modulesPage } from './gen-docs-modules.ts';
import { storePage } from './gen-docs-store.ts';
import { startEmptyCluster } from './gen-docs-cluster.ts';
import type { GeneratedFile } from './generated-file.ts';

const FOLDER = 'docs/reference';

/** The reference pages: what the source knows about itself. */
export async function docFiles(): Promise<readonly GeneratedFile[]> {
  const pages = new Map<string, string>();
  for (const role of ROLES) pages.set(`config-${role.name}`, configPage(role));
  pages.set('jaegerinstance', instancePage());
  pages.set('metrics', metricsPage(await metricsByRole()));
  pages.set('modules', await modulesPage());
  pages.set('store', storePage());
  requireEveryRole();
  return [...pages, ['README', indexPage([...pages.keys()])] as const].map(([name, content]) => ({
    path: `${FOLDER}/${name}.md`,
    content,
  }));
}

const ROLES = [
  allInOneRole,
  collectorRole,
  queryRole,
  agentSidecarRole,
  storageServerRole,
  controllerRole,
] as const;

function requireEveryRole(): void {
  const documented = new Set<string>(ROLES.map(({ name }) => name));
  const missing = COMMANDS.filter(({ group, name }) => group === 'Roles' && !documented.has(name));
  if (missing.length > 0) {
    throw new Error(`scripts/gen-docs.ts lacks ${missing.map(({ name }) => name).join(', ')}`);
  }
}

async function metricsByRole(): Promise<Parameters<typeof metricsPage>[0]> {
  const cluster = await startEmptyCluster();
  try {
    const controllerFlags = { kubeconfig: cluster.kubeconfig, 'webhook.enabled': 'true' };
    const agentFlags = { 'reporter.grpc.host-port': '127.0.0.1:1' };
    return new Map([
      [allInOneRole.name, await metricsOfEveryAck(allInOneRole)],
      [collectorRole.name, await metricsOfEveryAck(collectorRole)],
      [queryRole.name, await metricsOf(queryRole)],
      [agentSidecarRole.name, await metricsOf(agentSidecarRole, agentFlags)],
      [storageServerRole.name, await metricsOf(storageServerRole)],
      [controllerRole.name, await metricsOf(controllerRole, controllerFlags)],
    ]);
  } finally {
    await cluster.close();
  }
}

/** What a collector counts depends on when it acknowledges. */
async function metricsOfEveryAck<G extends SettingGroup>(
  role: Role<G>,
): Promise<readonly MetricDescription[]> {
  const spool = await mkdtemp(join(tmpdir(), 'spool-'));
  try {
    const all = [
      ...(await metricsOf(role)),
      ...(await metricsOf(role, { 'collector.ack': 'memory' })),
      ...(await metricsOf(role, {
        'collector.ack': 'disk',
        'collector.spool.directory': spool,
      })),
    ];
    return [...new Map(all.map((metric) => [metric.name, metric])).values()];
  } finally {
    await rm(spool, { recursive: true });
  }
}

function indexPage(names: readonly string[]): string {
  const lines = names.map((name) => `- [${name}](${name}.md)`);
  return `# Reference\n\nGenerated from the source by \`npm run gen\`; do not edit.\n\n${lines.join('\n')}\n`;
}
