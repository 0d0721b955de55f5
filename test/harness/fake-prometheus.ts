import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** How an operation behaves, steadily but for a wave of an hour. */
export interface FakeOperation {
  readonly name: string;
  readonly requestsPerSecond: number;
  /** 0 to 1 */
  readonly errorShare: number;
  readonly medianMs: number;
}

export interface FakePrometheus {
  readonly url: string;
  readonly server: Server;
}

const WAVE_SECONDS = 3_600;
/** How much longer than the median the slower requests take. */
const SPREAD: Readonly<Record<string, number>> = { '0.50': 1, '0.75': 1.8, '0.95': 4.2 };

/**
 * Answers `query_range` as Prometheus does to the three questions of the monitor, from numbers that
 * follow from the time alone. Between `quietFrom` and `quietTo` (seconds since 1970) nothing was called.
 */
export async function startFakePrometheus(
  operations: readonly FakeOperation[],
  quiet: { readonly from: number; readonly to: number } = { from: 0, to: 0 },
): Promise<FakePrometheus> {
  const server = createServer((request, response) => {
    void answer(request).then((result) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
    });
  });
  const answer = async (request: IncomingMessage): Promise<readonly object[]> => {
    const form = new URLSearchParams(await text(request));
    const query = form.get('query') ?? '';
    const [, service = ''] = /service_name =~ "([^"]*)"/.exec(query) ?? [];
    const times = timesOf(form).filter((at) => at < quiet.from || at > quiet.to);
    const series = (metric: object, value: (at: number) => number): object => ({
      metric,
      values: times.map((at) => [at, String(value(at))]),
    });
    if (!query.includes('span_name')) {
      return [series({ service_name: service }, (at) => overall(operations, query, at))];
    }
    return operations.map((operation) =>
      series({ service_name: service, span_name: operation.name }, (at) =>
        measured(operation, query, at),
      ),
    );
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { server, url: `http://127.0.0.1:${port}` };
}

function timesOf(form: URLSearchParams): readonly number[] {
  const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(form.get(name)));
  if (start === undefined || end === undefined || step === undefined) return [];
  return Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, i) => start + i * step);
}

function overall(operations: readonly FakeOperation[], query: string, at: number): number {
  const rates = operations.map(({ requestsPerSecond }) => requestsPerSecond);
  const all = rates.reduce((sum, rate) => sum + rate, 0);
  const values = operations.map((operation) => measured(operation, query, at));
  if (isRate(query)) return values.reduce((sum, value) => sum + value, 0);
  return values.reduce((sum, value, i) => sum + (value * (rates[i] ?? 0)) / all, 0);
}

function measured(operation: FakeOperation, query: string, at: number): number {
  const wave = Math.sin(((at % WAVE_SECONDS) / WAVE_SECONDS) * 2 * Math.PI);
  const { errorShare, medianMs, name, requestsPerSecond } = operation;
  const ripple = Math.sin(at / 97 + name.length) * 0.08;
  const [, quantile] = /histogram_quantile\(([\d.]+)/.exec(query) ?? [];
  if (quantile !== undefined) {
    const tail = wave > 0.8 && quantile === '0.95' ? 1.6 : 1;
    return medianMs * (SPREAD[quantile] ?? 1) * (1 + 0.2 * wave + ripple) * tail;
  }
  if (isRate(query)) return requestsPerSecond * (1 + 0.35 * wave + ripple);
  return errorShare * Math.max(0, 1 + 0.8 * wave + ripple);
}

function isRate(query: string): boolean {
  return !query.includes('STATUS_CODE_ERROR') && !query.includes('histogram_quantile');
}
