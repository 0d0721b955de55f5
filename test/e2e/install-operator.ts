import { existsSync } from 'node:fs';
import type { ClusterClient } from '../testbed/cluster-client.ts';
import { runCommand } from '../testbed/run-command.ts';

const IMAGE = 'dist/image.tar';
const CHART = 'charts/jaeger-instance-operator';
const BUILD_TIMEOUT_MS = 5 * 60_000;
const INSTALL_TIMEOUT_S = 90;

export interface OperatorInstall {
  readonly namespace: string;
  readonly release: string;
  /** Each `path=value`, as helm's `--set` takes it. */
  readonly values?: readonly string[];
}

/** Builds the image from the sources as they are and loads it into every node. */
export async function loadImage(cluster: ClusterClient): Promise<void> {
  await runCommand(process.execPath, ['scripts/image.ts'], { timeoutMs: BUILD_TIMEOUT_MS });
  if (!existsSync(IMAGE)) throw new Error(`scripts/image.ts wrote no ${IMAGE}`);
  await cluster.importImage(IMAGE);
}

/**
 * Installs the chart, or upgrades it, in a namespace that admits only restricted pods; resolves when
 * the operator is ready. When it does not get ready the error has its events and its last log lines.
 */
export async function installOperator(
  cluster: ClusterClient,
  { namespace, release, values = [] }: OperatorInstall,
): Promise<void> {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } };
  await cluster.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(object) });
  const sets = values.flatMap((value) => ['--set', value]);
  const wait = ['--wait', `--timeout=${INSTALL_TIMEOUT_S}s`];
  const args = ['upgrade', '--install', release, CHART, '-n', namespace, ...wait, ...sets];
  try {
    await cluster.helm(args, { timeoutMs: (INSTALL_TIMEOUT_S + 30) * 1000 });
  } catch (error) {
    const selector = ['-l', `app.kubernetes.io/instance=${release}`];
    const logs = await cluster.kubectl(['-n', namespace, 'logs', ...selector, '--tail=30']);
    const events = await cluster.kubectl(['-n', namespace, 'get', 'events']);
    throw new Error(`the operator did not get ready\n${events}\n${logs}`, { cause: error });
  }
}
