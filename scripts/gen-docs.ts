import { allInOneRole } from '../src/all-in-one/role.ts';
import { agentSidecarRole } from '../src/agent-sidecar/role.ts';
import { collectorRole } from '../src/collector/role.ts';
import { controllerRole } from '../src/controller/role.ts';
import { queryRole } from '../src/query/role.ts';
import { COMMANDS } from '../src/tools/cli/command-table.ts';
import { configPage } from './gen-docs-config.ts';
import { instancePage } from './gen-docs-instance.ts';
import { metricsOf, metricsPage } from './gen-docs-metrics.ts';
import { modulesPage } from './gen-docs-modules.ts';
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
  requireEveryRole();
  return [...pages, ['README', indexPage([...pages.keys()])] as const].map(([name, content]) => ({
    path: `${FOLDER}/${name}.md`,
    content,
  }));
}

const ROLES = [allInOneRole, collectorRole, queryRole, agentSidecarRole, controllerRole] as const;

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
      [allInOneRole.name, await metricsOf(allInOneRole)],
      [collectorRole.name, await metricsOf(collectorRole)],
      [queryRole.name, await metricsOf(queryRole)],
      [agentSidecarRole.name, await metricsOf(agentSidecarRole, agentFlags)],
      [controllerRole.name, await metricsOf(controllerRole, controllerFlags)],
    ]);
  } finally {
    await cluster.close();
  }
}

function indexPage(names: readonly string[]): string {
  const lines = names.map((name) => `- [${name}](${name}.md)`);
  return `# Reference\n\nGenerated from the source by \`npm run gen\`; do not edit.\n\n${lines.join('\n')}\n`;
}
