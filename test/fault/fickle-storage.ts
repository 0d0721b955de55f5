import { createServer } from 'node:http';
import { listen } from '../../src/runtime/listen.ts';
import { scanSpans } from '../../src/wire/otlp/scan-spans.ts';

/** An OTLP/HTTP endpoint that is there when the test says so, and knows every span it took. */
export interface FickleStorage {
  readonly url: string;
  /** Span ids, as numbers, with how often each came. */
  readonly taken: ReadonlyMap<bigint, number>;
  away(isAway: boolean): void;
  stop(): Promise<void>;
}

export async function startFickleStorage(): Promise<FickleStorage> {
  const taken = new Map<bigint, number>();
  let isAway = false;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.writeHead(isAway ? 503 : 200).end();
      if (isAway) return;
      for (const id of spanIdsOf(Buffer.concat(chunks))) taken.set(id, (taken.get(id) ?? 0) + 1);
    });
  });
  const port = await listen(server, { host: '127.0.0.1', port: 0 }, 'test');
  return {
    url: `http://127.0.0.1:${port}`,
    taken,
    away: (value) => {
      isAway = value;
    },
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

export function spanIdsOf(otlp: Uint8Array): readonly bigint[] {
  const { count, spanIds } = scanSpans(otlp);
  return Array.from(
    { length: count },
    (_, row) => (BigInt(spanIds[2 * row] ?? 0) << 32n) | BigInt(spanIds[2 * row + 1] ?? 0),
  );
}
