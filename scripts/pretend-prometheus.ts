import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface PretendPrometheus {
  readonly url: string;
  readonly close: () => void;
}

const OPERATIONS = [
  'HTTP GET /dispatch',
  'HTTP GET /customer',
  'FindNearest',
  'SQL SELECT',
  'GetDriver',
];
/** Seconds of one swing of the curves. */
const PERIOD = 1_700;

/** Answers each range query with smooth curves: enough to draw the Monitor page without a metrics store. */
export async function startPretendPrometheus(): Promise<PretendPrometheus> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://prometheus');
      const sent = new URLSearchParams(Buffer.concat(chunks).toString());
      const asked = url.searchParams.has('query') ? url.searchParams : sent;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answer(asked)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

function answer(asked: URLSearchParams): unknown {
  const query = asked.get('query') ?? '';
  const label = /by \(service_name,\s*(\w+)/.exec(query)?.[1];
  const isByOperation = label !== undefined && label !== 'le';
  const names = isByOperation ? OPERATIONS : [''];
  const result = names.map((name, index) => ({
    metric: { service_name: 'frontend', ...(isByOperation && { [label]: name }) },
    values: valuesOf(asked, scaleOf(query) / (index + 1), index),
  }));
  return { status: 'success', data: { resultType: 'matrix', result } };
}

/** Errors are shares, latencies milliseconds, calls a rate. */
function scaleOf(query: string): number {
  const quantile = /histogram_quantile\(([\d.]+)/.exec(query)?.[1];
  if (quantile !== undefined) return 900 * Number(quantile) ** 2;
  return query.includes('ERROR') ? 0.06 : 4;
}

function valuesOf(asked: URLSearchParams, scale: number, shift: number): [number, string][] {
  const start = Number(asked.get('start'));
  const end = Number(asked.get('end'));
  const step = Number.parseFloat(asked.get('step') ?? '60') || 60;
  const values: [number, string][] = [];
  for (let at = start; at <= end; at += step) {
    const swing = 1 + 0.35 * Math.sin(((at / PERIOD) * 2 + shift) * Math.PI);
    const noise = 1 + 0.08 * Math.sin(at * 12.9898);
    values.push([at, (scale * swing * noise).toFixed(4)]);
  }
  return values;
}
