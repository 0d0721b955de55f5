import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { LARGE_TRACE_ID } from './large-trace.ts';
import { mainThreadMsOf, memoryOf, memoryPeakOf } from './pinned-process.ts';
import type { PinnedProcess } from './pinned-process.ts';

/** What a large trace is answered as. */
const ANSWERS = [
  { name: 'Jaeger JSON', path: `/api/traces/${LARGE_TRACE_ID}` },
  { name: 'Jaeger JSON, gzip', path: `/api/traces/${LARGE_TRACE_ID}`, encoding: 'gzip' },
  { name: 'OTLP JSON', path: `/api/v3/traces/${LARGE_TRACE_ID}` },
  { name: 'columns for the UI', path: `/api/ui/traces/${LARGE_TRACE_ID}` },
];
/** Of the first bytes of a body, beside the very first one. */
const FIRST_PART_BYTES = 64 * 1024;
/** Runs that make the code of a server fast, and are not told. */
const WARM_UP_RUNS = 2;
/** For the collector of the answer before. */
const PAUSE_MS = 500;

interface LargeAnswer {
  readonly firstMs: number;
  /** What the server's main thread worked until then: without waiting for a core that others use. */
  readonly firstCpuMs: number;
  /** Until the first 64 kB are there. */
  readonly partMs: number;
  readonly wholeMs: number;
  readonly bytes: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

/** Asks for a large trace in each shape, and prints the medians; `base` is a query service. */
export async function measureLargeAnswers(
  base: string,
  runs: number,
  server: PinnedProcess | undefined,
): Promise<void> {
  for (const { encoding, name, path } of ANSWERS) {
    const answers: LargeAnswer[] = [];
    const ask = async (): Promise<void> => {
      await sleep(PAUSE_MS);
      answers.push(await measureAnswer(`${base}${path}`, encoding, server));
    };
    for (let run = 0; run < WARM_UP_RUNS + runs; run++) await ask();
    answers.splice(0, WARM_UP_RUNS);
    const waitMs = await longestWait(base, ask);
    answers.pop();
    console.log(`  ${name.padEnd(18)} ${rowOf(answers)}, others wait ${waitMs.toFixed(0)} ms`);
  }
}

function rowOf(answers: readonly LargeAnswer[]): string {
  const middle = (of: (answer: LargeAnswer) => number): number =>
    answers.map(of).toSorted((a, b) => a - b)[answers.length >> 1] ?? Number.NaN;
  return [
    `${(middle(({ bytes }) => bytes) / 1e6).toFixed(1).padStart(6)} MB`,
    `first byte ${middle(({ firstMs }) => firstMs).toFixed(0)} ms ` +
      `(CPU ${middle(({ firstCpuMs }) => firstCpuMs).toFixed(0)} ms)`,
    `64 kB ${middle(({ partMs }) => partMs).toFixed(0)} ms`,
    `whole ${middle(({ wholeMs }) => wholeMs).toFixed(0)} ms`,
    `CPU ${middle(({ cpuSeconds }) => cpuSeconds).toFixed(2)} s`,
    `memory +${(middle(({ peakBytes }) => peakBytes) / 1e6).toFixed(0)} MB`,
  ].join(', ');
}

async function measureAnswer(
  url: string,
  encoding: string | undefined,
  server: PinnedProcess | undefined,
): Promise<LargeAnswer> {
  const pid = server?.child.pid;
  const memoryBefore = pid === undefined ? Number.NaN : restartPeak(pid);
  const cpuBefore = server?.cpuSeconds() ?? Number.NaN;
  const workedBefore = mainThreadMsOf(pid);
  const answer = await readWhole(url, encoding, () => mainThreadMsOf(pid) - workedBefore);
  const cpuSeconds = (server?.cpuSeconds() ?? Number.NaN) - cpuBefore;
  const peakBytes = pid === undefined ? Number.NaN : memoryPeakOf(pid) - memoryBefore;
  return { ...answer, cpuSeconds, peakBytes };
}

/** Lets the system measure the peak of a process's memory from now on; returns what it has. */
function restartPeak(pid: number): number {
  // https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html
  if (process.platform === 'linux') writeFileSync(`/proc/${pid}/clear_refs`, '5');
  return memoryOf(pid);
}

async function readWhole(
  url: string,
  encoding: string | undefined,
  worked: () => number,
): Promise<Omit<LargeAnswer, 'cpuSeconds' | 'peakBytes'>> {
  const headers = encoding === undefined ? {} : { 'accept-encoding': encoding };
  const startedAt = performance.now();
  const asked = get(url, { headers });
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let firstMs = 0;
  let firstCpuMs = 0;
  let partMs = 0;
  let bytes = 0;
  response.on('data', (piece: Buffer) => {
    if (bytes === 0) {
      firstCpuMs = worked();
      firstMs = performance.now() - startedAt;
    }
    bytes += piece.length;
    if (partMs === 0 && bytes >= FIRST_PART_BYTES) partMs = performance.now() - startedAt;
  });
  await once(response, 'end');
  if (response.statusCode !== 200) throw new Error(`${url} answers ${response.statusCode ?? 0}`);
  return { firstMs, firstCpuMs, partMs, wholeMs: performance.now() - startedAt, bytes };
}

/** The longest that one of many small questions waits for its answer meanwhile. */
async function longestWait(base: string, work: () => Promise<void>): Promise<number> {
  let isOver = false;
  let longestMs = 0;
  const asking = async (): Promise<void> => {
    while (!isOver) {
      const startedAt = performance.now();
      const answer = await fetch(`${base}/api/services`);
      await answer.arrayBuffer();
      longestMs = Math.max(longestMs, performance.now() - startedAt);
      await sleep(1);
    }
  };
  const others = asking();
  try {
    await work();
  } finally {
    isOver = true;
    await others;
  }
  return longestMs;
}
