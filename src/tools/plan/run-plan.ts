import { dump } from 'js-yaml';
import { problemText } from '../../controller/api/problem.ts';
import { validateInstance } from '../../controller/api/validate.ts';
import type { JaegerInstance } from '../../controller/api/jaeger-instance.ts';
import { DEFAULT_IMAGE } from '../../controller/desired/cluster-facts.ts';
import type { ClusterFacts } from '../../controller/desired/cluster-facts.ts';
import { desiredObjects } from '../../controller/desired/desired-objects.ts';
import type { KubeApi } from '../../controller/kube/kube-api.ts';
import { gatherFacts } from '../../controller/gather-facts.ts';
import { observe, runningImage, smallerVolume } from './observe-cluster.ts';
import { makePlan } from './plan.ts';
import { readInstances } from './read-instances.ts';
import { renderPlan } from './render-plan.ts';

export interface PlanOptions {
  /** What the file holds, and what errors call it. */
  readonly text: string;
  readonly fileName: string;
  /** For instances that name none. */
  readonly namespace: string | undefined;
  /** Image of what is deployed, unless an instance names another; else what runs for it now. */
  readonly image: string | undefined;
  /** Compared with this cluster; without one the objects themselves are printed. */
  readonly api: KubeApi | undefined;
  readonly signal: AbortSignal;
}

export interface PlanOutput {
  out(text: string): void;
  err(text: string): void;
}

/**
 * Shows what the operator would do.
 * @returns the exit code: 1 when an instance is not valid, with every error on `err`
 */
export async function runPlan(options: PlanOptions, output: PlanOutput): Promise<number> {
  const objects = readInstances(options.text, options.fileName, options.namespace);
  let invalid = false;
  for (const object of objects) {
    const validation = validateInstance(object);
    if (!validation.valid) {
      invalid = true;
      const name = object.metadata.name;
      for (const error of validation.errors) output.err(`${name}: ${problemText(error)}\n`);
      continue;
    }
    for (const warning of validation.warnings) output.err(`warning: ${problemText(warning)}\n`);
    await planInstance(validation.instance, options, output);
  }
  return invalid ? 1 : 0;
}

async function planInstance(
  instance: JaegerInstance,
  options: PlanOptions,
  output: PlanOutput,
): Promise<void> {
  const { api, signal } = options;
  if (api === undefined) {
    const image = options.image ?? DEFAULT_IMAGE;
    for (const object of desiredObjects(instance, { ...ANY_CLUSTER, image })) {
      output.out(`---\n${dump(object, { lineWidth: 100, noRefs: true })}`);
    }
    return;
  }
  const image = options.image ?? (await runningImage(api, instance, signal)) ?? DEFAULT_IMAGE;
  const volumeSize = await smallerVolume(api, instance, signal);
  const facts = {
    ...(await gatherFacts(api, image, signal)),
    ...(volumeSize === undefined ? {} : { volumeSize }),
  };
  const desired = desiredObjects(instance, facts);
  const { objects, unwanted } = await observe(api, { instance, desired, signal });
  output.out(renderPlan(makePlan(objects, unwanted), instance.metadata));
}

/** Without a cluster nothing is known of its defaults. */
const ANY_CLUSTER: Omit<ClusterFacts, 'image'> = {
  serverVersion: { major: 1, minor: 29 },
  defaultIngressClass: undefined,
};
