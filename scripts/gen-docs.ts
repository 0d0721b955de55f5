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
      [allInOneRole.name, await metricsOfCollector(allInOneRole)],
      [collectorRole.name, await metricsOfCollector(collectorRole)],
      [queryRole.name, await metricsOf(queryRole)],
      [agentSidecarRole.name, await metricsOf(agentSidecarRole, agentFlags)],
      [storageServerRole.name, await metricsOfEach(storageServerRole, [() => ({}), embedded])],
      [controllerRole.name, await metricsOf(controllerRole, controllerFlags)],
    ]);
  } finally {
    await cluster.close();
  }
}

/** What a collector counts depends on when it acknowledges, on its rules, and on its storage. */
async function metricsOfCollector<G extends SettingGroup>(
  role: Role<G>,
): Promise<readonly MetricDescription[]> {
  const rules = {
    'collector.spans.exclude-services': 'none',
    'collector.enable-span-size-metrics': 'true',
  };
  const spooling = (folder: string): Flags => ({
    'collector.ack': 'disk',
    'collector.spool.directory': join(folder, 'spool'),
  });
  return metricsOfEach(role, [
    () => ({}),
    () => ({ 'collector.ack': 'memory', ...rules }),
    spooling,
    embedded,
  ]);
}

type Flags = Readonly<Record<string, string>>;

function embedded(folder: string): Flags {
  return {
    'span-storage.type': 'embedded',
    'embedded.directory': join(folder, 'store'),
  };
}

/** What a role counts with any of these flags, which get a folder. */
async function metricsOfEach<G extends SettingGroup>(
  role: Role<G>,
  variants: readonly ((folder: string) => Flags)[],
): Promise<readonly MetricDescription[]> {
  const folder = await mkdtemp(join(tmpdir(), 'metrics-'));
  try {
    const all = new Map<string, MetricDescription>();
    for (const flags of variants) {
      for (const metric of await metricsOf(role, flags(folder))) all.set(metric.name, metric);
    }
    return [...all.values()];
  } finally {
    await rm(folder, { recursive: true });
  }
}

function indexPage(names: readonly string[]): string {
  const lines = names.map((name) => `- [${name}](${name}.md)`);
  return `# Reference\n\nGenerated from the source by \`npm run gen\`; do not edit.\n\n${lines.join('\n')}\n`;
}
