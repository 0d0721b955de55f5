import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { scanSpans } from '../../src/wire/otlp/scan-spans.ts';
import { encodeSpans } from '../../src/wire/otlp/encode-trace.ts';
import { aResource, aSpan, spanId } from './a-span.ts';

/*
 * A program that loads one OTLP/HTTP endpoint over raw keep-alive sockets:
 * node otlp-load.ts <port> <connections> <spans a request>. It never waits as it is told to, so that
 * it overloads. Every message of its parent is answered with the counts so far; `stop` lets the
 * requests under way be answered first and ends it.
 */

/** What became of the requests, as a client sees it. */
export interface LoadCounts {
  readonly byStatus: Readonly<Record<string, number>>;
  /** Requests that were refused without a delay to wait. */
  readonly withoutDelay: number;
  /** Connections that ended before the answer to a request, or were refused: to be tried again. */
  readonly cut: number;
  readonly spansAccepted: number;
  readonly spansSent: number;
}

const HEADER_END = '\r\n\r\n';
/** The trace id is the first field of a span: behind its tag and length. */
const TRACE_ID_OFFSET = 2;
const RECONNECT_MS = 20;

const [port = 0, connections = 1, spansPerRequest = 1] = process.argv.slice(2).map(Number);
const counts = { withoutDelay: 0, cut: 0, spansAccepted: 0, spansSent: 0 };
const byStatus: Record<string, number> = {};
let turn = process.pid * 1000;
let isStopping = false;

function createRequest(): { bytes: Buffer; ids: readonly number[] } {
  const resource = aResource('load', { 'host.name': 'host-1', 'service.version': '1.2.3' });
  const spans = Array.from({ length: spansPerRequest }, (_, index) =>
    aSpan({
      resource,
      spanId: spanId(index + 1),
      name: `GET /orders/${index % 50}`,
      attributes: {
        'http.request.method': 'GET',
        'http.response.status_code': 200n,
        'url.full': `https://shop.example/orders/${index}?page=1`,
        'user.agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
        'db.statement': 'SELECT * FROM orders WHERE customer = ? AND state = ? LIMIT 100',
        'net.peer.name': 'db-1.example',
        'thread.id': BigInt(index),
      },
    }),
  );
  const body = encodeSpans(spans);
  const head =
    'POST /v1/traces HTTP/1.1\r\nhost: test\r\ncontent-type: application/x-protobuf\r\n' +
    `content-length: ${body.length}${HEADER_END}`;
  const ids = [...scanSpans(body).spanStarts].map((start) => head.length + start + TRACE_ID_OFFSET);
  return { bytes: Buffer.concat([Buffer.from(head), body]), ids };
}

const template = createRequest();

/** Each request has one trace of its own. */
function nextRequest(): Buffer {
  const bytes = Buffer.from(template.bytes);
  turn += 1;
  for (const at of template.ids) bytes.writeUInt32LE(turn % 2 ** 32, at);
  return bytes;
}

interface Answer {
  readonly status: string;
  readonly head: string;
  readonly mustClose: boolean;
}

/** Resolves to the next whole answer; undefined when the connection ends before it. */
function readAnswer(socket: Socket): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const end = (answer?: Answer): void => {
      socket.off('data', onData);
      socket.off('close', onClose);
      resolve(answer);
    };
    const onClose = (): void => {
      end();
    };
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      const headEnd = text.indexOf(HEADER_END);
      if (headEnd < 0) return;
      const head = text.slice(0, headEnd).toLowerCase();
      const length = Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0);
      if (text.length < headEnd + HEADER_END.length + length) return;
      end({ status: text.slice(9, 12), head, mustClose: head.includes('connection: close') });
    };
    socket.on('data', onData);
    socket.on('close', onClose);
  });
}

function note({ status, head }: Answer): void {
  byStatus[status] = (byStatus[status] ?? 0) + 1;
  if (status === '200') counts.spansAccepted += spansPerRequest;
  else if (!head.includes('retry-after: ')) counts.withoutDelay += 1;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function openSocket(): Promise<Socket | undefined> {
  const socket = connect(port, '127.0.0.1');
  // What ends a connection shows in `close`; an error is one of the ways.
  socket.on('error', () => socket.destroy());
  return new Promise((resolve) => {
    socket.once('connect', () => {
      resolve(socket);
    });
    socket.once('close', () => {
      resolve(undefined);
    });
  });
}

async function load(): Promise<void> {
  let socket: Socket | undefined;
  while (!isStopping) {
    if (socket === undefined || socket.destroyed) socket = await openSocket();
    if (socket === undefined) {
      counts.cut += 1;
      await pause(RECONNECT_MS);
      continue;
    }
    const answered = readAnswer(socket);
    socket.write(nextRequest());
    counts.spansSent += spansPerRequest;
    const answer = await answered;
    if (answer === undefined) counts.cut += 1;
    else note(answer);
    if (answer === undefined || answer.mustClose) {
      socket.destroy();
      socket = undefined;
    }
  }
  socket?.destroy();
}

// A parent that is gone has nobody left to load for.
process.once('disconnect', () => {
  isStopping = true;
});
const loops = Array.from({ length: connections }, load);
process.on('message', (message) => {
  const report = (): void => {
    const sent: LoadCounts = { ...counts, byStatus: { ...byStatus } };
    process.send?.(sent);
  };
  if (message !== 'stop') {
    report();
    return;
  }
  isStopping = true;
  void Promise.all(loops).then(() => {
    report();
    process.disconnect?.();
  });
});
