import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const CLOCK_TICKS_PER_SECOND = 100;
const PORT_FLAGS = [
  'collector.http-server',
  'collector.zipkin',
  'collector.grpc-server',
  'collector.otlp.grpc',
  'collector.otlp.http',
  'admin.http',
  'health.http',
].map((name) => `--${name}.host-port=:0`);

/** A collector as a process of its own, listening on free ports. */
export interface CollectorProcess {
  readonly pid: number;
  readonly otlpHttpPort: number;
  readonly otlpGrpcPort: number;
  /** Of any listener, by the name it is logged with. */
  portOf(name: string): number;
  /** A metric's values, summed over its labels; or of the one series that is named with them. */
  metric(name: string): Promise<number>;
  /** Largest resident memory so far. */
  peakBytes(): number;
  residentBytes(): number;
  cpuSeconds(): number;
  /** Resolves to the exit code once the process has ended. */
  readonly ended: Promise<number>;
  /** Lines it has logged so far. */
  logged(): readonly string[];
  /** What the program of `counting-collector.ts` had stored when it ended. */
  storedAtEnd(): number;
  signal(name: NodeJS.Signals): void;
  stop(): Promise<void>;
}

/**
 * Starts the program, or another one that logs its addresses in the same way.
 * `wrap` may put a command in front, which must end up as the very process it starts.
 */
export async function startCollectorProcess(options: {
  readonly program?: readonly string[];
  readonly flags?: readonly string[];
  readonly wrap?: (command: readonly string[]) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}): Promise<CollectorProcess> {
  const { program = ['src/main.ts', 'collector'], flags = [], env } = options;
  const own = [...program, ...PORT_FLAGS, '--log-format=json', ...flags];
  const command = [process.execPath, ...own];
  const [file = '', ...args] = options.wrap?.(command) ?? command;
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(env === undefined ? {} : { env: { PATH: '/usr/bin:/bin', ...env } }),
  });
  const ended = new Promise<number>((resolve) => {
    child.once('close', (code) => {
      resolve(code ?? -1);
    });
  });
  const lines: string[] = [];
  const ports = await readPorts([child.stdout, child.stderr], lines, ended);
  const pid = child.pid ?? 0;
  const portOf = (name: string): number => {
    const port = ports.get(name);
    if (port === undefined) throw new Error(`the collector has no ${name}`);
    return port;
  };
  const admin = portOf('admin');
  return {
    pid,
    otlpHttpPort: portOf('otlp http'),
    otlpGrpcPort: portOf('otlp grpc'),
    portOf,
    metric: async (name) => {
      const text = await (await fetch(`http://127.0.0.1:${admin}/metrics`)).text();
      return sumOf(text, name);
    },
    peakBytes: () => statusBytes(pid, 'VmHWM'),
    residentBytes: () => statusBytes(pid, 'VmRSS'),
    cpuSeconds: () => cpuSeconds(pid),
    ended,
    logged: () => lines,
    storedAtEnd: () => {
      const [, count] = /stored at the end: (\d+)/.exec(lines.join('\n')) ?? [];
      return Number(count ?? Number.NaN);
    },
    signal: (name) => {
      child.kill(name);
    },
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Ports by name, from the log lines that announce addresses. */
function readPorts(
  outputs: readonly NodeJS.ReadableStream[],
  lines: string[],
  ended: Promise<number>,
): Promise<ReadonlyMap<string, number>> {
  const ports = new Map<string, number>();
  return new Promise((resolve, reject) => {
    for (const input of outputs) {
      createInterface({ input }).on('line', (line) => {
        lines.push(line);
        const match = /"address":"tcp:\/\/[^"]*:(\d+)","msg":"([^"]+)"/.exec(line);
        if (match !== null) ports.set(match[2] ?? '', Number(match[1]));
        if (ports.has('otlp http') && ports.has('admin')) resolve(ports);
      });
    }
    void ended.then((code) => {
      reject(new Error(`the collector ended with ${code}:\n${lines.join('\n')}`));
    });
  });
}

function sumOf(text: string, name: string): number {
  let sum = 0;
  for (const line of text.split('\n')) {
    if (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) {
      sum += Number(line.slice(line.lastIndexOf(' ') + 1));
    }
  }
  return sum;
}

function statusBytes(pid: number, field: string): number {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return 1024 * Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(text)?.[1] ?? Number.NaN);
}

function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in parentheses, may hold spaces; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
}
