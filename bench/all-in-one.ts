import { setTimeout as sleep } from 'node:timers/promises';
import { firstLine, startPinned } from './pinned-process.ts';
import type { PinnedProcess } from './pinned-process.ts';

/** Those of the image. */
const NODE_FLAGS = ['--max-semi-space-size=4'];
const PORTS = (
  'collector.grpc-server collector.http-server collector.zipkin collector.otlp.grpc ' +
  'collector.otlp.http admin.http health.http http-server query.http-server query.grpc-server'
).split(' ');
const UDP_PORTS = ['jaeger-compact', 'jaeger-binary', 'zipkin-compact'];

export interface AllInOne {
  readonly process: PinnedProcess;
  /** Base URLs of OTLP/HTTP and of the query service. */
  readonly otlp: string;
  readonly query: string;
}

/** An all-in-one on free ports, on one core. The caller stops its process. */
export async function startAllInOne(core: number, flags: readonly string[]): Promise<AllInOne> {
  const process = startPinned(core, [
    ...[...NODE_FLAGS, 'src/main.ts', 'all-in-one', '--log-format=json'],
    ...PORTS.map((name) => `--${name}.host-port=127.0.0.1:0`),
    ...UDP_PORTS.map((name) => `--processor.${name}.server-host-port=127.0.0.1:0`),
    ...flags,
  ]);
  const addresses = await addressesOf(process);
  return {
    process,
    otlp: addresses.get('otlp http') ?? '',
    query: addresses.get('ui') ?? '',
  };
}

async function addressesOf(server: PinnedProcess): Promise<ReadonlyMap<string, string>> {
  const addresses = new Map<string, string>();
  await firstLine(server, (line) => {
    if (!line.startsWith('{')) return undefined;
    const { address, msg } = JSON.parse(line) as { msg?: string; address?: string };
    if (address !== undefined && msg !== undefined) {
      addresses.set(msg, address.replace('tcp:', 'http:'));
    }
    return msg === 'ready' ? true : undefined;
  });
  return addresses;
}

/** Sends a request of OTLP/HTTP until it is taken. */
export async function sendOtlp(otlp: string, body: Uint8Array): Promise<void> {
  const headers = { 'content-type': 'application/x-protobuf' };
  for (;;) {
    const answer = await fetch(`${otlp}/v1/traces`, {
      ...{ method: 'POST', headers },
      body: Uint8Array.from(body),
    });
    await answer.arrayBuffer();
    if (answer.ok) return;
    await sleep(50);
  }
}
