import { pino } from 'pino';
import { Registry } from 'prom-client';
import { systemClock } from '../src/runtime/clock.ts';
import { watchDescriptors } from '../src/runtime/descriptor-watch.ts';
import { createHealth } from '../src/runtime/health.ts';
import { isJsonObject } from '../src/runtime/json-object.ts';
import { listSettings, resolveConfig } from '../src/runtime/resolve-config.ts';
import type { Role } from '../src/runtime/role.ts';
import { hostPortSetting } from '../src/runtime/setting.ts';
import type { SettingGroup } from '../src/runtime/setting.ts';
import { code, markdownTable } from './markdown-table.ts';

export interface MetricDescription {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labels: readonly string[];
}

const LISTENING = hostPortSetting({ flag: '', default: ':0', description: '' }).allowed;

/** What a role's registry holds once it has started, on ports the system chooses. */
export async function metricsOf<G extends SettingGroup>(
  role: Role<G>,
  flags: Readonly<Record<string, string>> = {},
): Promise<readonly MetricDescription[]> {
  const listening = listSettings(role.settings).flatMap(({ setting }) =>
    setting.allowed === LISTENING ? [[setting.flag, '127.0.0.1:0'] as const] : [],
  );
  const config = resolveConfig(role.settings, {
    flags: new Map([...listening, ...Object.entries(flags)]),
    env: {},
    file: null,
    fileName: '',
  });
  const metrics = new Registry();
  const logger = pino({ level: 'silent' });
  const watching = watchDescriptors({ logger, metrics });
  const running = await role.start(config, {
    logger,
    metrics,
    health: createHealth(() => systemClock.now()),
    clock: systemClock,
    listenHost: '127.0.0.1',
  });
  try {
    return await describe(metrics);
  } finally {
    await running.stop();
    await watching.stop();
  }
}

async function describe(metrics: Registry): Promise<readonly MetricDescription[]> {
  const labels = new Map(
    metrics.getMetricsAsArray().map((metric) => [metric.name, labelNames(metric)]),
  );
  const found = await metrics.getMetricsAsJSON();
  return found
    .map(({ name, help, type }) => ({
      name,
      help,
      type: String(type),
      labels: labels.get(name) ?? [],
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** prom-client keeps the label names on the metric, which its types do not say. */
function labelNames(metric: unknown): readonly string[] {
  const names: unknown = isJsonObject(metric) ? metric['labelNames'] : [];
  return Array.isArray(names) ? names.map(String) : [];
}

/** All metrics, each with the roles that have it. */
export function metricsPage(byRole: ReadonlyMap<string, readonly MetricDescription[]>): string {
  const roles = new Map<string, string[]>();
  const descriptions = new Map<string, MetricDescription>();
  for (const [role, metrics] of byRole) {
    for (const metric of metrics) {
      roles.set(metric.name, [...(roles.get(metric.name) ?? []), role]);
      descriptions.set(metric.name, metric);
    }
  }
  const rows = [...descriptions.values()]
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, type, help, labels }) => [
      code(name),
      type,
      labels.map(code).join(', '),
      (roles.get(name) ?? []).join(', '),
      help,
    ]);
  return `# Metrics

Generated from the source by \`npm run gen\`; do not edit.

Every role serves them in the Prometheus text format at \`/metrics\` of its health port (13133), and of its
admin port where it has one. Beside these, each process has prom-client's default metrics (\`process_*\` and
\`nodejs_*\`).

${markdownTable(['Name', 'Type', 'Labels', 'Roles', 'What it is'], rows)}
`;
}
