import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Registry } from 'prom-client';
import { JAEGER_INSTANCE } from '../src/controller/api/jaeger-instance.ts';
import { OWNED_KINDS } from '../src/controller/desired/desired-objects.ts';
import { createKubeClient } from '../src/controller/kube/create-kube-api.ts';
import type { KubeApi } from '../src/controller/kube/kube-api.ts';
import { loadKubeConfig } from '../src/controller/kube/load-kube-config.ts';
import { startCluster } from '../test/testbed/cluster.ts';
import type { Cluster } from '../test/testbed/cluster.ts';
import { firstLine, startPinned } from './pinned-process.ts';
import type { PinnedProcess } from './pinned-process.ts';

const INSTANCES = 100;
/** Owned objects of an instance that says nothing. */
const OBJECTS_EACH = 8;
const ADMISSIONS = 1000;
const OPERATOR_CORE = 0;
const NAMESPACE = 'default';
const SECRET = 'bench-webhook-certs';
const SERVER_NAME = `bench-webhook.${NAMESPACE}.svc`;
const LIMIT_MS = 300_000;
const POLL_MS = 50;

const USAGE = `usage: npm run bench -- operator [options]

What the operator costs a cluster of its own with a real API server: writes to converge one instance
and while nothing changes, how soon ${INSTANCES} instances have all their objects, pod admission, memory.

  --minutes N      while nothing changes (10)
  --program PATH   the operator, such as dist/jaegerctl.js after a build (src/main.ts)
  --help`;

interface Bench {
  readonly api: KubeApi;
  readonly operator: PinnedProcess;
  readonly metricsUrl: string;
  readonly webhookPort: number;
}

/** What the operator costs a cluster, on a real API server: writes, time, memory, admission. */
export async function benchOperator(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '10' },
      // dist/jaegerctl.js after a build is what users run: less memory than with types to strip.
      program: { type: 'string', default: 'src/main.ts' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const minutes = Number(values.minutes);
  const cluster = await startCluster({ nodes: 0 });
  const client = createKubeClient({
    config: loadKubeConfig({ path: cluster.kubeconfig }),
    metrics: new Registry(),
    rateLimit: { qps: 0, burst: 0 },
  });
  try {
    const bench = await startOperator(cluster, client.api, values.program);
    try {
      console.table(await measure(bench, minutes));
    } finally {
      await bench.operator.stop();
    }
  } finally {
    await client.close();
    await cluster.stop();
  }
}

interface Row {
  readonly measure: string;
  readonly value: number;
  readonly unit: string;
}

async function measure(bench: Bench, minutes: number): Promise<readonly Row[]> {
  const rssStart = rssMib(bench);
  const before = await writes(bench);
  await makeInstances(bench.api, ['first']);
  await objectsBecome(bench.api, OBJECTS_EACH);
  await statusesBecome(bench.api, 1);
  const converged = await writes(bench);
  const started = performance.now();
  const names = Array.from({ length: INSTANCES }, (_, at) => `i${at}`);
  await makeInstances(bench.api, names);
  await objectsBecome(bench.api, (INSTANCES + 1) * OBJECTS_EACH);
  const allMs = performance.now() - started;
  await statusesBecome(bench.api, INSTANCES + 1);
  const rest = await writes(bench);
  const admissions = await measureAdmissions(bench);
  await sleep(minutes * 60_000);
  const atEnd = await writes(bench);
  return [
    { measure: 'writes to converge one instance', value: converged - before, unit: 'requests' },
    { measure: `writes in ${minutes} steady minutes`, value: atEnd - rest, unit: 'requests' },
    { measure: `${INSTANCES} instances, all objects`, value: Math.round(allMs), unit: 'ms' },
    { measure: 'pod admission, p50', value: percentile(admissions, 0.5), unit: 'ms' },
    { measure: 'pod admission, p99', value: percentile(admissions, 0.99), unit: 'ms' },
    { measure: 'RSS after start', value: rssStart, unit: 'MiB' },
    { measure: `RSS with ${INSTANCES + 1} instances`, value: rssMib(bench), unit: 'MiB' },
  ];
}

async function startOperator(cluster: Cluster, api: KubeApi, program: string): Promise<Bench> {
  const crd = 'crds/jaegertracing.io_jaegerinstances.yaml';
  await cluster.kubectl(['apply', '--server-side', '-f', crd]);
  const name = 'crd/jaegerinstances.jaegertracing.io';
  await cluster.kubectl(['wait', '--for=condition=Established', name]);
  const operator = startPinned(OPERATOR_CORE, [
    program,
    'controller',
    `--kubeconfig=${cluster.kubeconfig}`,
    `--namespace=${NAMESPACE}`,
    '--resync-interval=10s',
    '--health.http.host-port=127.0.0.1:0',
    '--webhook.enabled',
    '--webhook.host-port=127.0.0.1:0',
    '--webhook.service=bench-webhook',
    `--webhook.secret=${SECRET}`,
    '--log-format=json',
  ]);
  const filled = firstLine(operator, (line) => line.includes('"caches filled"') || undefined);
  const health = firstLine(operator, (line) => addressIn(line, 'health'));
  const webhook = firstLine(operator, (line) => addressIn(line, 'webhook'));
  const [healthAddress, webhookAddress] = await Promise.all([health, webhook, filled]);
  return {
    api,
    operator,
    metricsUrl: `http://${healthAddress}/metrics`,
    webhookPort: Number(webhookAddress.split(':').at(-1)),
  };
}

/** The address in the log line that announces a listener. */
function addressIn(line: string, listener: string): string | undefined {
  const match = /"address":"tcp:\/\/([^"]+)","msg":"([^"]+)"/.exec(line);
  return match?.[2] === listener ? match[1] : undefined;
}

async function makeInstances(api: KubeApi, names: readonly string[]): Promise<void> {
  const { apiVersion, kind } = JAEGER_INSTANCE;
  const signal = AbortSignal.timeout(LIMIT_MS);
  await Promise.all(
    names.map((name) => {
      const object = { apiVersion, kind, metadata: { namespace: NAMESPACE, name }, spec: {} };
      return api.create(JAEGER_INSTANCE, object, signal);
    }),
  );
}

async function objectsBecome(api: KubeApi, count: number): Promise<void> {
  await poll(`${count} objects`, async (signal) => {
    const options = { namespace: NAMESPACE, metadataOnly: true };
    const lists = await Promise.all(OWNED_KINDS.map((kind) => api.list(kind, options, signal)));
    const owned = lists
      .flatMap(({ items }) => items)
      .filter(({ metadata }) => metadata.ownerReferences?.[0]?.kind === JAEGER_INSTANCE.kind);
    return owned.length === count;
  });
}

async function statusesBecome(api: KubeApi, count: number): Promise<void> {
  await poll(`${count} statuses`, async (signal) => {
    const { items } = await api.list(JAEGER_INSTANCE, { namespace: NAMESPACE }, signal);
    return items.filter((instance) => instance['status'] !== undefined).length === count;
  });
  // The last writes are counted when their answers are in.
  await sleep(1000);
}

async function poll(what: string, holds: (signal: AbortSignal) => Promise<boolean>): Promise<void> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  while (!(await holds(signal))) {
    if (signal.aborted) throw new Error(`not in ${LIMIT_MS} ms: ${what}`);
    await sleep(POLL_MS);
  }
}

/** Requests that change something, so far, by the operator's own count. */
async function writes({ metricsUrl }: Bench): Promise<number> {
  const answer = await fetch(metricsUrl);
  const lines = (await answer.text()).split('\n');
  return lines
    .filter((line) => line.startsWith('rest_client_requests_total{') && !line.includes('"GET"'))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** Milliseconds of each admission of a pod that gets an agent, over one connection. */
async function measureAdmissions({ api, webhookPort }: Bench): Promise<readonly number[]> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  const kind = { apiVersion: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true };
  const secret = await api.get(kind, { namespace: NAMESPACE, name: SECRET }, signal);
  const data = secret?.['data'] as Readonly<Record<string, string>> | undefined;
  const ca = Buffer.from(data?.['ca.crt'] ?? '', 'base64');
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca, servername: SERVER_NAME });
  const body = admissionReview();
  const times: number[] = [];
  for (let count = 0; count < ADMISSIONS; count += 1) {
    const started = performance.now();
    const answer = await post({ agent, port: webhookPort, body });
    times.push(performance.now() - started);
    if (!answer.includes('"patchType":"JSONPatch"')) throw new Error(`not injected: ${answer}`);
  }
  agent.destroy();
  return times;
}

function post(target: { agent: Agent; port: number; body: string }): Promise<string> {
  const { agent, port, body } = target;
  return new Promise((resolve, reject) => {
    const path = '/mutate-v1-pod';
    const headers = { 'content-type': 'application/json' };
    request({ agent, host: '127.0.0.1', port, path, method: 'POST', headers }, (response) => {
      text(response).then(resolve, reject);
    })
      .on('error', reject)
      .end(body);
  });
}

/** A pod of a Deployment as the API server sends it, asking for the agent of instance `first`. */
function admissionReview(): string {
  const metadata = {
    generateName: 'shop-7d4b9c-',
    namespace: NAMESPACE,
    annotations: { 'sidecar.jaegertracing.io/inject': 'first' },
    labels: { app: 'shop', 'pod-template-hash': '7d4b9c' },
  };
  const env = Array.from({ length: 20 }, (_, at) => ({ name: `VARIABLE_${at}`, value: 'value' }));
  const containers = ['web', 'cache'].map((name) => ({ name, image: 'shop:1', env }));
  const object = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers } };
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: { uid: 'bench', operation: 'CREATE', namespace: NAMESPACE, dryRun: true, object },
  });
}

function rssMib({ operator }: Bench): number {
  const status = readFileSync(`/proc/${operator.child.pid ?? 0}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024);
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Number((sorted[Math.floor(sorted.length * share)] ?? Number.NaN).toFixed(2));
}
