import { Worker } from 'node:worker_threads';
import type { Sink } from '../pipeline/sink.ts';
import { errorText } from '../runtime/errors.ts';
import { ListenError } from '../runtime/listen.ts';
import { threadFile } from '../runtime/thread-file.ts';
import { jaegerUdpName } from './jaeger-udp-port.ts';
import type { JaegerUdp, JaegerUdpDeps, JaegerUdpOptions } from './jaeger-udp-port.ts';
import type { PortMetrics } from './jaeger-udp-metrics.ts';
import type { BooksDelta, FromThread, ToThread } from './jaeger-udp-thread.ts';

interface ReaderThread {
  readonly port: number;
  readonly receiveBufferBytes: number;
  /** As it said last. */
  readonly queueSize: () => number;
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

/**
 * A UDP port that several threads read, each from a socket of its own: the kernel chooses one by the
 * sender's address, so one sender's packets stay in order. They decode; accounting and everything
 * after it is done here. @throws ListenError
 */
export async function startJaegerUdpThreads(
  options: JaegerUdpOptions,
  deps: JaegerUdpDeps,
): Promise<JaegerUdp> {
  const { hostPort, encoding, model } = options;
  const threads: ReaderThread[] = [];
  const metrics = deps.metrics.port({ protocol: encoding, model }, () =>
    threads.reduce((sum, { queueSize }) => sum + queueSize(), 0),
  );
  let { port } = hostPort;
  const stopAll = async (): Promise<void> => {
    await Promise.all(threads.map((thread) => thread.stop()));
  };
  try {
    while (threads.length < options.threads) {
      const thread = await startThread(
        { ...options, hostPort: { ...hostPort, port } },
        deps,
        metrics,
      );
      port = thread.port;
      threads.push(thread);
    }
  } catch (error) {
    await stopAll();
    throw error;
  }
  const sizes = threads.map(({ receiveBufferBytes }) => receiveBufferBytes);
  metrics.bound(
    port,
    sizes.reduce((sum, size) => sum + size, 0),
  );
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await metrics.unbound();
    await stopAll();
  };
  return {
    addresses: [{ name: jaegerUdpName(options), transport: 'udp', host: hostPort.host, port }],
    receiveBufferBytes: Math.min(...sizes),
    failed: Promise.race(threads.map(({ failed }) => failed)),
    stop: () => (stopping ??= stop()),
  };
}

async function startThread(
  options: JaegerUdpOptions,
  deps: JaegerUdpDeps,
  metrics: PortMetrics,
): Promise<ReaderThread> {
  const worker = new Worker(threadFile('jaeger-udp-thread', import.meta.url), {
    workerData: options,
  });
  const bound = Promise.withResolvers<{ port: number; receiveBufferBytes: number }>();
  const failed = Promise.withResolvers<never>();
  const ended = new Promise<void>((resolve) =>
    worker.once('exit', () => {
      resolve();
    }),
  );
  // Whether anybody waits for it or not: a role that only starts has nobody.
  failed.promise.catch(() => undefined);
  worker.once('error', (error) => {
    bound.reject(error);
    failed.reject(error);
  });
  let queueSize = 0;
  const tell = (message: ToThread): void => {
    worker.postMessage(message);
  };
  const keep = createKeeper(deps, tell);
  worker.on('message', (message: FromThread) => {
    switch (message.type) {
      case 'bound':
        bound.resolve(message);
        return;
      case 'failed':
        bound.reject(listenError(options, message.code));
        return;
      case 'batch':
        void keep(message);
        return;
      case 'clients':
        message.reports.forEach(deps.clientStats.record);
        return;
      case 'books':
        queueSize = message.queueSize;
        bookDelta(metrics, message);
        return;
      case 'complaint':
        deps.logger.warn(message.text);
        return;
    }
  });
  const { port, receiveBufferBytes } = await bound.promise;
  return {
    port,
    receiveBufferBytes,
    queueSize: () => queueSize,
    failed: failed.promise,
    stop: () => {
      tell({ type: 'stop' });
      return ended;
    },
  };
}

/** Passes batches of a thread to the pipeline and tells the thread what became of each. */
function createKeeper(
  { pipeline, clock }: JaegerUdpDeps,
  tell: (message: ToThread) => void,
): (batch: Extract<FromThread, { type: 'batch' }>) => Promise<void> {
  const sink: Sink = pipeline.sinkFor('udp');
  const { signal } = new AbortController();
  return async ({ id, otlp, scan, format }) => {
    const batch = { tenant: '', otlp, scan, receivedAtMs: clock.now(), format };
    try {
      await sink(batch, signal);
      tell({ type: 'done', id });
    } catch (error) {
      tell({ type: 'done', id, error: errorText(error) });
    }
  };
}

function bookDelta(metrics: PortMetrics, delta: BooksDelta): void {
  if (delta.packetSize > 0) metrics.packetSize(delta.packetSize);
  if (delta.processed > 0) metrics.processed(delta.processed);
  if (delta.malformed > 0) metrics.malformed(delta.malformed);
  for (let count = delta.readErrors; count > 0; count--) metrics.readError();
  for (const reason of ['queue_full', 'too_large', 'refused'] as const) {
    if (delta.dropped[reason] > 0) metrics.dropped(reason, delta.dropped[reason]);
  }
}

/** The thread's error, made again: only plain values come over. */
function listenError(options: JaegerUdpOptions, code: string): ListenError {
  const cause = Object.assign(new Error(code), { code });
  return new ListenError(jaegerUdpName(options), options.hostPort, cause);
}
