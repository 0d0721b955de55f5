import { loadAll } from 'js-yaml';
import { join } from 'node:path';
import { findHelm } from '../../scripts/gen-manifests.ts';
import { ensurePrograms } from '../testbed/programs.ts';
import { runCommand } from '../testbed/run-command.ts';

export const CHART = 'charts/jaeger-instance-operator';

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

export interface Container {
  readonly image: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
}

export interface PodSpec {
  readonly serviceAccountName: string;
  readonly containers: readonly [Container];
  readonly topologySpreadConstraints?: readonly unknown[];
}

export interface Webhook {
  readonly name: string;
  readonly failurePolicy: string;
  readonly timeoutSeconds: number;
  readonly clientConfig: {
    readonly caBundle?: string;
    readonly service: { readonly path: string; readonly name: string };
  };
  readonly namespaceSelector?: {
    readonly matchExpressions: readonly {
      readonly key: string;
      readonly operator: string;
      readonly values: readonly string[];
    }[];
  };
}

export interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly rules?: readonly Rule[];
  readonly webhooks?: readonly Webhook[];
  readonly roleRef?: { readonly kind: string; readonly name: string };
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: { readonly spec: PodSpec };
    readonly names?: { readonly shortNames: readonly string[] };
  };
}

/**
 * The helm to test with. Where CI=true it is built when it is absent, for there nothing may be
 * skipped; elsewhere undefined then, which is said on standard error.
 */
export async function helmForTests(): Promise<string | undefined> {
  const found = findHelm();
  if (found !== undefined) return found;
  if (process.env['CI'] === 'true')
    return join((await ensurePrograms({ nodes: false })).bin, 'helm');
  process.stderr.write('\nSKIPPED: tests of the chart: no helm; the test cluster builds one\n\n');
  return undefined;
}

/** What `helm template` prints for these values, in namespace observability. */
export function renderText(helm: string | undefined, values: object = {}): Promise<string> {
  const args = ['template', 'jaeger', CHART, '-n', 'observability', '--values', '-'];
  return runCommand(helm ?? 'helm', args, { stdin: JSON.stringify(values) });
}

export async function renderChart(
  helm: string | undefined,
  values: object = {},
): Promise<readonly Manifest[]> {
  const documents = loadAll(await renderText(helm, values)) as (Manifest | null)[];
  return documents.filter((document) => document !== null);
}

/** `Kind/name`, or `Kind/namespace/name` outside the release's namespace; sorted. */
export function objectNames(manifests: readonly Manifest[]): readonly string[] {
  return manifests
    .map(({ kind, metadata: { name, namespace = 'observability' } }) =>
      namespace === 'observability' ? `${kind}/${name}` : `${kind}/${namespace}/${name}`,
    )
    .toSorted();
}

export function operatorPod(manifests: readonly Manifest[]): PodSpec {
  const deployment = manifests.find(({ kind }) => kind === 'Deployment');
  const pod = deployment?.spec?.template?.spec;
  if (pod === undefined) throw new Error('the chart rendered no Deployment');
  return pod;
}
