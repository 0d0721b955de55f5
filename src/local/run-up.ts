import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Environment } from '../runtime/env.ts';
import { firstStopSignal } from '../runtime/signals.ts';
import type { JaegerInstance } from '../controller/api/jaeger-instance.ts';
import { normalize } from '../controller/api/defaults.ts';
import { problemText } from '../controller/api/problem.ts';
import { leftOut } from './left-out.ts';
import { endedWith, startChild } from './local-child.ts';
import type { LocalChild } from './local-child.ts';
import { localProcesses } from './local-processes.ts';
import type { LocalProcess } from './local-processes.ts';
import { requireFreePorts, requirePortRange } from './port-check.ts';
import { readInstance } from './read-instance.ts';
import { showSpanRates } from './show-span-rates.ts';
import { keptSpans } from './kept-spans.ts';
import { addressLines, closingLines, storageLine } from './up-report.ts';
import type { Places } from './up-report.ts';

export interface UpOptions {
  readonly file: string;
  readonly demo: boolean;
  readonly quiet: boolean;
  readonly portOffset: number;
  readonly stateDir: string;
  /** Traces of each instance are in a folder of its name in here. */
  readonly dataDir: string;
  /** How this program was started, to start its roles the same way. */
  readonly program: { readonly execPath: string; readonly script: string };
  readonly env: Environment;
  readonly output: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>;
}

const HOTROD_PORT = 8080;
const READY_TIMEOUT_MS = 20_000;
/** Longer than a role takes that has spans to write down. */
const STOP_GRACE_MS = 60_000;
const PAGE_TIMEOUT_MS = 2000;

/**
 * Runs an instance, and the demo when asked, until a stop signal or until one of the processes ends.
 * @throws Error when a process cannot be started or ends by itself; nothing is left running then.
 */
export async function runUp(options: UpOptions): Promise<void> {
  const { instance, warnings } = await readInstance(options.file);
  const { output } = options;
  output.write(`${title(options.file, instance)}\n`);
  for (const warning of warnings) output.write(`  warning: ${problemText(warning)}\n`);
  const missing = leftOut(instance);
  if (missing.length > 0) output.write(`  left out, needs a cluster: ${missing.join(', ')}\n`);
  output.write('\n');
  const stateDir = resolve(options.stateDir, instance.metadata.name);
  const dataDir = resolve(options.dataDir, instance.metadata.name);
  const { portOffset } = options;
  const processes = localProcesses(instance, { stateDir, dataDir, portOffset });
  const demo = options.demo ? [hotrodProcess(options, processes)] : [];
  requirePortRange([...processes, ...demo], portOffset);
  await requireFreePorts([...processes, ...demo]);
  await mkdir(stateDir, { recursive: true });
  const takers = processes.filter(({ ports }) => ports.some(({ name }) => name === 'http-otlp'));

  const children: LocalChild[] = [];
  const signal = firstStopSignal(() => {
    for (const child of children) child.kill();
  });
  try {
    for (const one of processes) {
      await writeFiles(one);
      children.push(await startProcess(one, { options, stateDir, ready: readyUrl(one) }));
      if (one.dataDir !== undefined) {
        output.write(`${storageLine(await keptSpans(metricsUrl([one])), one.dataDir)}\n`);
      }
      for (const line of addressLines(one)) output.write(`${line}\n`);
    }
    for (const one of demo) {
      const ready = `http://127.0.0.1:${one.ports[0]?.port ?? 0}/config`;
      children.push(await startProcess(one, { options, stateDir, ready }));
      for (const line of addressLines(one)) output.write(`${line}\n`);
    }
    for (const line of closingLines(await places(options, processes))) output.write(`${line}\n`);
    await untilStopped({ children, signal, options, metricsUrl: metricsUrl(takers) });
  } finally {
    await stopAll(children, output);
  }
}

function title(file: string, instance: JaegerInstance): string {
  const { strategy, storage } = normalize(instance).spec;
  const { name } = instance.metadata;
  return `jaegerctl up  ${file}   (JaegerInstance "${name}", strategy ${strategy}, storage ${storage.type})`;
}

async function places(
  { demo, quiet, portOffset }: UpOptions,
  processes: readonly LocalProcess[],
): Promise<Places> {
  const query = queryUrl(processes);
  // The query itself knows whether it has a UI: without one it answers 404 there.
  const page = await fetch(`${query}/`, { signal: AbortSignal.timeout(PAGE_TIMEOUT_MS) });
  await page.body?.cancel();
  return {
    query,
    hasUi: page.ok,
    demo: demo ? { url: `http://localhost:${HOTROD_PORT + portOffset}`, quiet } : undefined,
    otlpHttp: urlOfPort(processes, 'http-otlp'),
  };
}

function queryUrl(processes: readonly LocalProcess[]): string {
  const flag = '--query.base-path=';
  const given = processes.flatMap(({ args }) => args).findLast((one) => one.startsWith(flag));
  return urlOfPort(processes, 'query') + (given?.slice(flag.length).replace(/\/$/, '') ?? '');
}

function urlOfPort(processes: readonly LocalProcess[], name: string, host = 'localhost'): string {
  const found = processes.find(({ ports }) => ports.some((port) => port.name === name));
  return `http://${host}:${found === undefined ? 0 : portNamed(found, name)}`;
}

function hotrodProcess(
  { portOffset, quiet }: UpOptions,
  processes: readonly LocalProcess[],
): LocalProcess {
  const port = HOTROD_PORT + portOffset;
  return {
    name: 'hotrod',
    args: [
      'hotrod',
      `--port=${port}`,
      `--jaeger-ui=${queryUrl(processes)}`,
      `--requests-per-second=${quiet ? 0 : 1}`,
    ],
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: urlOfPort(processes, 'http-otlp', '127.0.0.1') },
    ports: [{ name: 'http', port, transport: 'tcp' }],
    files: [],
  };
}

function startProcess(
  { name, args, env }: LocalProcess,
  place: { readonly options: UpOptions; readonly stateDir: string; readonly ready: string },
): Promise<LocalChild> {
  const { options, stateDir, ready } = place;
  const inherited = Object.entries(options.env).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  return startChild(
    {
      name,
      args,
      env: { ...Object.fromEntries(inherited), ...env },
      logFile: `${stateDir}/${name}.log`,
      readyUrl: ready,
    },
    options.program,
    READY_TIMEOUT_MS,
  );
}

function portNamed({ ports }: LocalProcess, name: string): number {
  return ports.find((port) => port.name === name)?.port ?? 0;
}

function readyUrl(one: LocalProcess): string {
  return `http://127.0.0.1:${portNamed(one, 'health')}/status`;
}

function metricsUrl([first]: readonly LocalProcess[]): string {
  const port = first === undefined ? 0 : portNamed(first, 'admin-http');
  return `http://127.0.0.1:${port}/metrics`;
}

async function writeFiles({ files, dataDir }: LocalProcess): Promise<void> {
  // Traces can tell a lot: nobody else of this machine reads them.
  if (dataDir !== undefined) await mkdir(dataDir, { recursive: true, mode: 0o700 });
  for (const { path, content } of files) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}

async function untilStopped(run: {
  readonly children: readonly LocalChild[];
  readonly signal: Promise<NodeJS.Signals>;
  readonly options: UpOptions;
  readonly metricsUrl: string;
}): Promise<void> {
  const { output } = run.options;
  const stopShowing = output.isTTY ? showSpanRates(run.metricsUrl, output) : () => undefined;
  const ends = run.children.map(
    async (child) => `${child.name} ${await child.ended}\n${await child.lastLines()}`,
  );
  const ended = await Promise.race([run.signal.then(() => undefined), ...ends]);
  stopShowing();
  if (ended !== undefined) throw new Error(ended);
}

async function stopAll(
  children: readonly LocalChild[],
  output: UpOptions['output'],
): Promise<void> {
  for (const child of children.toReversed()) {
    const how = await child.stop(STOP_GRACE_MS);
    output.write(`  ○ ${child.name.padEnd(11)} ${how === endedWith(0) ? 'stopped' : how}\n`);
  }
}
