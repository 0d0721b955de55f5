import { parentPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { systemClock } from '../runtime/clock.ts';
import { ListenError } from '../runtime/listen.ts';
import type { ClientReport } from '../wire/jaeger/client-stats.ts';
import type { AgentCall } from '../wire/jaeger/thrift-to-otlp.ts';
import type { SpanScan } from '../wire/span-scan.ts';
import { jaegerUdpName } from './jaeger-udp-port.ts';
import type { JaegerUdpOptions } from './jaeger-udp-port.ts';
import type { PacketLoss, PortBooks } from './jaeger-udp-metrics.ts';
import { warmUpDecoder } from './jaeger-udp-warm-up.ts';
import type { DecodedPackets } from './packet-decoder.ts';
import { createPacketQueue } from './packet-queue.ts';
import { openUdpSocket } from './udp-socket.ts';

/*
 * One of the threads of `startJaegerUdpThreads`: reads packets from a socket of its own, decodes
 * them and hands the batches to the main thread, which says when each is kept.
 */

export type FromThread =
  | { readonly type: 'bound'; readonly port: number; readonly receiveBufferBytes: number }
  | { readonly type: 'failed'; readonly code: string }
  | {
      readonly type: 'batch';
      readonly id: number;
      readonly otlp: Uint8Array;
      readonly format: AgentCall['format'];
      readonly scan: SpanScan;
    }
  | { readonly type: 'clients'; readonly reports: readonly ClientReport[] }
  | ({ readonly type: 'books' } & BooksDelta)
  | { readonly type: 'complaint'; readonly text: string };

export type ToThread =
  | { readonly type: 'done'; readonly id: number; readonly error?: string }
  | { readonly type: 'stop' };

/** What happened since it was told last, and how many packets wait now. */
export interface BooksDelta {
  processed: number;
  malformed: number;
  readErrors: number;
  packetSize: number;
  queueSize: number;
  readonly dropped: Record<PacketLoss, number>;
}

const BOOKS_INTERVAL_MS = 200;

function createBooks(): {
  readonly books: PortBooks;
  readonly take: (queueSize: number) => BooksDelta;
} {
  const empty = (): BooksDelta => ({
    processed: 0,
    malformed: 0,
    readErrors: 0,
    packetSize: 0,
    queueSize: 0,
    dropped: { queue_full: 0, too_large: 0, refused: 0 },
  });
  let delta = empty();
  return {
    books: {
      packetSize: (bytes) => {
        delta.packetSize = bytes;
      },
      processed: (packets) => {
        delta.processed += packets;
      },
      dropped: (reason, packets) => {
        delta.dropped[reason] += packets;
      },
      malformed: (packets) => {
        delta.malformed += packets;
      },
      readError: () => {
        delta.readErrors += 1;
      },
    },
    take: (queueSize) => {
      const taken = { ...delta, queueSize };
      delta = empty();
      return taken;
    },
  };
}

interface Handover {
  readonly deliver: (decoded: DecodedPackets) => Promise<void>;
  readonly done: (id: number, error?: string) => void;
}

/** Gives batches to the main thread, memory and all, and waits for its word on each. */
function createHandover(send: (message: FromThread, transfer: ArrayBuffer[]) => void): Handover {
  const waiting = new Map<number, (error: string | undefined) => void>();
  let nextId = 0;
  return {
    deliver: async ({ otlp, scan, format }) => {
      // Only memory that nothing else lives in can go over: Node's pool for small buffers cannot.
      const own = otlp.byteLength === otlp.buffer.byteLength ? otlp : new Uint8Array(otlp);
      const id = nextId++;
      const buffers = [own.buffer, scan.traceIds.buffer].filter((b) => b instanceof ArrayBuffer);
      await new Promise<void>((resolve, reject) => {
        waiting.set(id, (error) => {
          if (error === undefined) resolve();
          else reject(new Error(error));
        });
        send({ type: 'batch', id, otlp: own, format, scan }, buffers);
      });
    },
    done: (id, error) => {
      waiting.get(id)?.(error);
      waiting.delete(id);
    },
  };
}

async function run(main: MessagePort, options: JaegerUdpOptions): Promise<void> {
  const name = jaegerUdpName(options);
  const send = (message: FromThread, transfer: ArrayBuffer[] = []): void => {
    main.postMessage(message, transfer);
  };
  warmUpDecoder(options.encoding);
  const { books, take } = createBooks();
  const handover = createHandover(send);
  const warn = (text: string): void => {
    send({ type: 'complaint', text });
  };
  const reports: ClientReport[] = [];
  const tellReports = (): void => {
    if (reports.length > 0) send({ type: 'clients', reports: reports.splice(0) });
  };
  const queue = createPacketQueue(options, {
    deliver: (decoded) => {
      tellReports();
      return handover.deliver(decoded);
    },
    books,
    onClientReport: (report) => {
      reports.push(report);
    },
    clock: systemClock,
    warn,
  });
  const socket = await openUdpSocket({
    name,
    hostPort: options.hostPort,
    receiveBufferBytes: options.socketBufferBytes,
    reusePort: true,
    onPacket: queue.push,
    onError: (error) => {
      books.readError();
      warn(`${name}: the socket failed: ${error.message}`);
    },
  });
  const tellBooks = (): void => {
    tellReports();
    send({ type: 'books', ...take(queue.size()) });
  };
  const timer = setInterval(tellBooks, BOOKS_INTERVAL_MS);
  const stop = async (): Promise<void> => {
    await socket.close();
    await queue.drained();
    clearInterval(timer);
    tellBooks();
    main.close();
  };
  main.on('message', (message: ToThread) => {
    if (message.type === 'done') handover.done(message.id, message.error);
    else void stop();
  });
  send({ type: 'bound', port: socket.port, receiveBufferBytes: socket.receiveBufferBytes });
}

if (parentPort !== null) {
  const main = parentPort;
  const options = workerData as JaegerUdpOptions;
  await run(main, options).catch((error: unknown) => {
    if (!(error instanceof ListenError)) throw error;
    const failure: FromThread = { type: 'failed', code: error.code };
    main.postMessage(failure);
  });
}
