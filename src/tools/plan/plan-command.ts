import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { Command } from 'commander';
import { Registry } from 'prom-client';
import { createKubeClient } from '../../controller/kube/create-kube-api.ts';
import { loadKubeConfig } from '../../controller/kube/load-kube-config.ts';
import { UsageError, errorText } from '../../runtime/errors.ts';
import { formatExamples } from '../cli/examples.ts';
import { runPlan } from './run-plan.ts';
import type { PlanOutput } from './run-plan.ts';

interface Flags {
  readonly filename?: string;
  readonly namespace?: string;
  readonly image?: string;
  readonly diff?: true;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly timeout: number;
}

/** `jaegerctl plan`: validates, then prints the objects, or what would change in a cluster. */
export function planCommand(): Command {
  return new Command('plan')
    .description('Show what the operator would do for a JaegerInstance. Nothing is changed.')
    .option('-f, --filename <file>', 'YAML or JSON with JaegerInstances; - reads stdin')
    .option('-n, --namespace <namespace>', 'namespace of instances that name none')
    .option('--image <image>', 'image of what is deployed, as the operator is told')
    .option('--diff', 'compare with the cluster of the current kubeconfig context')
    .option('--kubeconfig <file>', 'compare with the cluster of this kubeconfig')
    .option('--context <name>', 'compare with the cluster of this context')
    .option('--timeout <seconds>', 'give up on the cluster after this long', Number, 60)
    .addHelpText(
      'after',
      formatExamples([
        ['jaegerctl plan -f instance.yaml', 'the objects, as YAML'],
        ['jaegerctl plan -f instance.yaml --diff', 'what applying it would change'],
        ['jaegerctl plan -f instance.yaml | kubectl apply -f -', 'run it without the operator'],
      ]),
    )
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const { filename, namespace, image, kubeconfig, context } = flags;
  // Not a required option: that would be reported before a misspelt one.
  if (filename === undefined) throw new UsageError('give the instances to plan: -f <file>');
  const request = {
    text: await readText(filename),
    fileName: filename,
    namespace,
    image,
    signal: AbortSignal.timeout(flags.timeout * 1000),
  };
  if (flags.diff !== true && kubeconfig === undefined && context === undefined) {
    process.exitCode = await runPlan({ ...request, api: undefined }, TERMINAL);
    return;
  }
  const config = loadKubeConfig({
    ...(kubeconfig === undefined ? {} : { path: kubeconfig }),
    ...(context === undefined ? {} : { context }),
  });
  const client = createKubeClient({ config, metrics: new Registry() });
  try {
    process.exitCode = await runPlan({ ...request, api: client.api }, TERMINAL);
  } finally {
    await client.close();
  }
}

const TERMINAL: PlanOutput = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};

async function readText(path: string): Promise<string> {
  if (path === '-') return readAll(process.stdin);
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`-f: ${path} cannot be read: ${errorText(error)}`, { cause: error });
  }
}
