import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cacheFolder } from '../test/testbed/cache-folder.ts';
import type { GeneratedFile } from './generated-file.ts';

const CHART = 'charts/jaeger-instance-operator';
const RELEASE = 'jaeger';
const NAMESPACE = 'observability';
const HEADER = `# Generated from ${CHART} by npm run gen. Install: kubectl apply --server-side -f deploy/operator.yaml
apiVersion: v1
kind: Namespace
metadata:
  name: ${NAMESPACE}
`;

/** The chart with its defaults as plain manifests. Left out, loudly, where there is no helm. */
export function manifestFiles(): readonly GeneratedFile[] {
  const helm = findHelm();
  if (helm === undefined) {
    console.error('no helm here: deploy/operator.yaml is neither written nor checked');
    return [];
  }
  const sets = ['fullnameOverride=jaeger-instance-operator', 'crds.keep=false'];
  const args = ['template', RELEASE, CHART, '--namespace', NAMESPACE];
  const command = [...args, ...sets.flatMap((set) => ['--set', set])];
  const rendered = execFileSync(helm, command, { encoding: 'utf8', timeout: 30_000 });
  return [{ path: 'deploy/operator.yaml', content: HEADER + withoutHelm(rendered) }];
}

/** Nobody manages these objects by Helm, and tools that look for its releases believe the labels. */
function withoutHelm(rendered: string): string {
  return rendered
    .replace(/^ *app\.kubernetes\.io\/managed-by: Helm\n/gm, '')
    .replace(/^ *helm\.sh\/chart: .*\n/gm, '')
    .replace(/^# Source: .*\n/gm, '')
    .replace(/\n+(?=---\n|$)/g, '\n');
}

/** The test cluster's helm, whose version the repository pins, or else the one on the path. */
export function findHelm(): string | undefined {
  const programs = cacheFolder('cluster-programs');
  const builds = existsSync(programs) ? readdirSync(programs) : [];
  const path = (process.env['PATH'] ?? '').split(delimiter);
  const folders = [...builds.map((build) => join(programs, build)), ...path];
  return folders.map((folder) => join(folder, 'helm')).find((file) => existsSync(file));
}
