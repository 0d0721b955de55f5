import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { localProcesses } from '../../src/local/local-processes.ts';
import type { LocalPort } from '../../src/local/local-processes.ts';
import { requireFreePorts } from '../../src/local/port-check.ts';
import { portOwner } from '../../src/local/port-owner.ts';
import { readInstance } from '../../src/local/read-instance.ts';
import { VERSION } from '../../src/runtime/version.ts';

let folder = '';
let file = '';
const running = new Set<Up>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-up-'));
  file = join(folder, 'instance.yaml');
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>the UI</title>');
  await writeFile(
    file,
    'apiVersion: jaegertracing.io/v1\nkind: JaegerInstance\nmetadata: {name: shop}\n' +
      `spec: {allInOne: {options: {query.static-files: ${folder}}}}\n`,
  );
});

afterEach(async () => {
  for (const up of running) await up.end();
  running.clear();
});

afterAll(() => rm(folder, { recursive: true }));

interface Up {
  readonly child: ChildProcess;
  readonly offset: number;
  readonly ports: readonly LocalPort[];
  /** Everything written so far. */
  out(): string;
  err(): string;
  /** Resolves when the output holds this text. */
  shows(text: string): Promise<void>;
  /** `code` or `signal`, with all output read. */
  readonly exited: Promise<string>;
  end(): Promise<void>;
}

async function portsAt(portOffset: number): Promise<readonly LocalPort[]> {
  const { instance } = await readInstance(file);
  const processes = localProcesses(instance, { stateDir: folder, dataDir: folder, portOffset });
  const demo: LocalPort = { name: 'http', port: 8080 + portOffset, transport: 'tcp' };
  return [...processes.flatMap(({ ports }) => ports), demo];
}

/** An offset with which every port is free: below those that the system gives to clients. */
async function freeOffset(): Promise<number> {
  for (;;) {
    const offset = 15_400 + Math.floor(Math.random() * 600);
    const free = await requireFreePorts([{ name: 'test', ports: await portsAt(offset) }]).then(
      () => true,
      () => false,
    );
    if (free) return offset;
  }
}

async function startUp(offset: number, ...flags: readonly string[]): Promise<Up> {
  const args = ['src/main.ts', 'up', '-f', file, `--port-offset=${offset}`, '--state-dir', folder];
  const child = spawn(process.execPath, [...args, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  const waiting = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    for (const check of waiting) check();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const exited = once(child, 'close').then(([code, signal]) => String(code ?? signal));
  const up: Up = {
    child,
    offset,
    ports: await portsAt(offset),
    out: () => out,
    err: () => err,
    exited,
    shows: async (text) => {
      const seen = Promise.withResolvers<undefined>();
      const check = (): void => {
        if (out.includes(text)) seen.resolve(undefined);
      };
      waiting.add(check);
      check();
      const ended = await Promise.race([seen.promise, exited]);
      waiting.delete(check);
      if (ended !== undefined) throw new Error(`ended with ${ended}: ${out}${err}`);
    },
    end: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
  running.add(up);
  return up;
}

const ON_DISK = '{storage: {type: embedded}, allInOne';
const ENDPOINT = 'OTEL_EXPORTER_OTLP_ENDPOINT';
/** The end of what is written when everything runs. */
const READY = 'node your-app.js\n\n';

function ownerOf(port: number): Promise<number> {
  return portOwner(port, 'tcp').then((owner) => owner?.pid ?? 0);
}

async function sendSpan(offset: number): Promise<number> {
  const span = {
    traceId: '0123456789abcdef0123456789abcdef',
    spanId: '0123456789abcdef',
    name: 'buy',
    startTimeUnixNano: String(BigInt(Date.now()) * 1_000_000n),
    endTimeUnixNano: String(BigInt(Date.now() + 1) * 1_000_000n),
  };
  const attributes = [{ key: 'service.name', value: { stringValue: 'till' } }];
  const body = { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans: [span] }] }] };
  const response = await fetch(`http://127.0.0.1:${4318 + offset}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return response.status;
}

describe('jaegerctl up', { timeout: 30_000 }, () => {
  it('runs the instance and the demo, and stops both at the first signal', async () => {
    const offset = await freeOffset();
    const up = await startUp(offset, '--demo', '--quiet');
    await up.shows(READY);
    const at = (port: number): string => String(port + offset);
    expect(up.out()).toBe(
      [
        `jaegerctl up  ${file}   (JaegerInstance "shop", strategy allInOne, storage memory)`,
        '',
        `  ● collector   ready        otlp grpc :${at(4317)}  otlp http :${at(4318)}  ` +
          `jaeger grpc :${at(14_250)}  jaeger http :${at(14_268)}  zipkin :${at(9411)}  ` +
          `udp :${at(6831)} :${at(6832)}`,
        `  ● query       ready        http :${at(16_686)}`,
        `  ● sampling    ready        http :${at(5778)}`,
        `  ● hotrod      ready        http :${at(8080)}`,
        '',
        `  UI        http://localhost:${at(16_686)}`,
        `  Demo      http://localhost:${at(8080)}`,
        `  Send      ${ENDPOINT}=http://localhost:${at(4318)} node your-app.js`,
        '',
        '',
      ].join('\n'),
    );
    const query = `http://127.0.0.1:${at(16_686)}`;
    expect(await (await fetch(`${query}/search`)).text()).toContain('<title>the UI</title>');
    expect(await sendSpan(offset)).toBe(200);
    const services: unknown = await (await fetch(`${query}/api/services`)).json();
    expect(services).toMatchObject({ data: ['till'] });
    const version = await fetch(`http://127.0.0.1:${at(13_133)}/version`);
    expect(await version.text()).toContain(VERSION);

    up.child.kill('SIGINT');
    expect(await up.exited).toBe('0');
    expect(up.out().trimEnd().split('\n').slice(-2)).toEqual([
      '  ○ hotrod      stopped',
      '  ○ shop        stopped',
    ]);
    expect(up.err()).toBe('');
    await requireFreePorts([{ name: 'left running', ports: up.ports }]);
    expect(await readdir(join(folder, 'shop'))).toEqual(
      expect.arrayContaining(['shop.log', 'hotrod.log']),
    );
  });

  it('shows after a restart what it was sent before, when the instance keeps its traces', async () => {
    const offset = await freeOffset();
    const embedded = join(folder, 'embedded.yaml');
    await writeFile(embedded, (await readFile(file, 'utf8')).replace('{allInOne', ON_DISK));
    const flags = ['-f', embedded, '--data-dir', join(folder, 'data')];
    const first = await startUp(offset, ...flags);
    await first.shows(READY);
    const folderOfData = join(folder, 'data', 'shop');
    expect(first.out()).toContain(`  ● storage     embedded     empty, in ${folderOfData}\n`);
    expect(await sendSpan(offset)).toBe(200);
    await first.end();
    const second = await startUp(offset, ...flags);
    await second.shows(READY);
    expect(second.out()).toMatch(/embedded {5}0\.0 MB, 1 spans kept from last time, in /);
    const services = await fetch(`http://127.0.0.1:${16_686 + offset}/api/services`);
    expect(await services.json()).toMatchObject({ data: ['till'] });
  });

  it('stops at once at a second signal', async () => {
    const offset = await freeOffset();
    const up = await startUp(offset, '--demo', '--quiet');
    await up.shows(READY);
    // A process that does not even notice that it should stop.
    process.kill(await ownerOf(13_133 + offset), 'SIGSTOP');
    up.child.kill('SIGINT');
    await up.shows('○ hotrod      stopped');
    up.child.kill('SIGINT');
    expect(await up.exited).toBe('SIGINT');
    await expect
      .poll(() =>
        requireFreePorts([{ name: 'left running', ports: up.ports }]).then(() => 'free', String),
      )
      .toBe('free');
  });

  it('ends with the last lines of a process that has ended by itself, and stops the others', async () => {
    const offset = await freeOffset();
    const up = await startUp(offset, '--demo', '--quiet');
    await up.shows(READY);
    process.kill(await ownerOf(13_133 + offset), 'SIGKILL');
    expect(await up.exited).toBe('1');
    const [sentence, ...lines] = up.err().trimEnd().split('\n');
    expect(sentence).toBe('jaegerctl up: shop was ended by SIGKILL');
    expect(lines.at(-1)).toContain('"msg":"ready"');
    expect(up.out()).toContain('○ hotrod      stopped');
    await requireFreePorts([{ name: 'left running', ports: up.ports }]);
  });

  it('says who has a port, and leaves nothing running', async () => {
    const offset = await freeOffset();
    const server = createServer();
    server.listen(4317 + offset, '127.0.0.1');
    await once(server, 'listening');
    const up = await startUp(offset);
    expect(await up.exited).toBe('1');
    server.close();
    expect(up.err()).toBe(
      `jaegerctl up: shop: port ${4317 + offset} (grpc-otlp) is in use by pid ${process.pid} (${await commandName()}).\n` +
        'Stop it, or choose other ports: jaegerctl up --port-offset 1000\n',
    );
    await requireFreePorts([{ name: 'left running', ports: up.ports }]);
  });

  it.each([
    [
      'x',
      "jaegerctl: option '--port-offset <n>' argument 'x' is invalid. Give an integer from 0.\n",
    ],
    [
      '50000',
      'jaegerctl up: --port-offset 50000 moves a port of shop to 66686; give at most 48849\n',
    ],
  ])('refuses --port-offset %s', async (offset, sentence) => {
    const up = await startUp(0, `--port-offset=${offset}`);
    expect(await up.exited).toBe('2');
    expect(up.err()).toBe(sentence);
  });
});

async function commandName(): Promise<string> {
  return (await readFile('/proc/self/comm', 'utf8')).trim();
}
