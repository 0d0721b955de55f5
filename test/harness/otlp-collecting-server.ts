import { createServer } from 'node:http';
import type { Span } from '../../src/model/span.ts';
import { listen } from '../../src/runtime/listen.ts';
import { decodeSpans } from '../../src/wire/otlp/decode-trace.ts';

/** An OTLP/HTTP endpoint that takes everything and keeps it decoded. */
export interface CollectingServer {
  readonly url: string;
  readonly spans: readonly Span[];
  /** Resolves once `done` holds for what has arrived. */
  until(done: (spans: readonly Span[]) => boolean): Promise<void>;
  stop(): Promise<void>;
}

export async function startCollectingServer(): Promise<CollectingServer> {
  const spans: Span[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      spans.push(...decodeSpans(Buffer.concat(chunks)));
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
      for (const check of waiting) check();
    });
  });
  const port = await listen(server, { host: '127.0.0.1', port: 0 }, 'test');
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    until: (done) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!done(spans)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
