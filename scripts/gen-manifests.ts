import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../test/testbed/cache-folder.ts';
import type { GeneratedFile } from './generated-file.ts';

const CHART = 'charts/jaeger-instance-operator';
const NAMESPACE = 'jaeger-operator';
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
  const release = ['template', 'jaeger-instance-operator', CHART, '--namespace', NAMESPACE];
  const manifests = execFileSync(helm, release, { encoding: 'utf8', timeout: 30_000 });
  return [{ path: 'deploy/operator.yaml', content: HEADER + manifests }];
}

/** The test cluster's helm, whose version the repository pins. */
export function findHelm(): string | undefined {
  const folder = cacheFolder('cluster-programs');
  const builds = existsSync(folder) ? readdirSync(folder) : [];
  return builds.map((build) => join(folder, build, 'helm')).find((path) => existsSync(path));
}
