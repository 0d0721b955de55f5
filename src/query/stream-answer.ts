import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import type { Writable } from 'node:stream';
import { constants, createGzip, createZstdCompress } from 'node:zlib';
import { sendAnswer } from './send-answer.ts';

/** Characters or bytes that are sent together. */
const WRITE_LENGTH = 64 * 1024;
/** How long the first of them may wait for more: until then an answer can still be refused with a status. */
const FIRST_DELAY_MS = 200;
/** Shorter answers do not become smaller. */
const COMPRESSED_FROM = 1024;

const JSON_TYPE = 'application/json';

/**
 * Sends the pieces of an answer as they come, compressed as the client likes. As long as nothing is
 * sent, the caller may still answer something else.
 */
export class AnswerSender {
  /** The content type of what is added. */
  type = JSON_TYPE;
  /** Of the file that the answer is to become. */
  fileName: string | undefined;
  private readonly request: IncomingMessage;
  private readonly response: ServerResponse;
  private waiting: (string | Uint8Array)[] = [];
  private waitingLength = 0;
  private timer: NodeJS.Timeout | undefined;
  private out: Writable | undefined;
  private encoder: { flush(): void } | undefined;
  private ended: Promise<void> | undefined;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.request = request;
    this.response = response;
  }

  /** Whether a part of the answer is on its way. */
  get isUnderWay(): boolean {
    return this.out !== undefined;
  }

  /** Sends what was added. */
  begin(): void {
    if (this.waitingLength > 0) this.write();
  }

  /** Resolves when there is room for more. Rejects when the client is gone. */
  async add(text: string | Uint8Array, signal: AbortSignal): Promise<void> {
    this.waiting.push(text);
    this.waitingLength += text.length;
    if (this.waitingLength < WRITE_LENGTH) {
      if (this.out === undefined) {
        this.timer ??= setTimeout(() => {
          this.write();
        }, FIRST_DELAY_MS);
      }
      return;
    }
    if (!this.write()) await this.drained(signal);
  }

  /** Resolves when all is handed to the network. */
  async end(signal: AbortSignal): Promise<void> {
    clearTimeout(this.timer);
    if (this.out === undefined) this.nameFile();
    if (this.out === undefined && this.waitingLength < COMPRESSED_FROM) {
      const body = joined(this.waiting);
      sendAnswer(this.request, this.response, { status: 200, type: this.type, body: [body] });
      return;
    }
    if (!this.write()) await this.drained(signal);
    this.out?.end();
    await this.ended;
  }

  /** Stops sending. What was sent already is cut off, so that nobody takes it for the whole. */
  giveUp(): void {
    clearTimeout(this.timer);
    this.waiting = [];
    if (this.out !== undefined) this.response.destroy();
  }

  /** False when the client does not keep up. */
  private write(): boolean {
    clearTimeout(this.timer);
    this.out ??= this.open();
    const bytes = joined(this.waiting);
    this.waiting = [];
    this.waitingLength = 0;
    const hasRoom = this.out.write(bytes);
    // Encoders would keep some hundred kilobytes back: a client can read while the rest is made.
    this.encoder?.flush();
    return hasRoom;
  }

  private open(): Writable {
    const { request, response } = this;
    response.statusCode = 200;
    response.setHeader('content-type', this.type);
    this.nameFile();
    response.setHeader('vary', 'accept-encoding');
    // What is left of a body nobody reads.
    request.resume();
    const encoder = encoderFor(request.headers['accept-encoding'] ?? '');
    this.ended = finished(response, { readable: false });
    // Looked at where the answer ends: until then it is no news that the client has left.
    this.ended.catch(() => undefined);
    if (encoder === undefined) return response;
    response.setHeader('content-encoding', encoder.name);
    this.encoder = encoder.stream;
    encoder.stream.pipe(response);
    response.once('close', () => encoder.stream.destroy());
    return encoder.stream;
  }

  private nameFile(): void {
    if (this.fileName === undefined) return;
    const disposition = `attachment; filename="${this.fileName}"`;
    this.response.setHeader('content-disposition', disposition);
  }

  private async drained(signal: AbortSignal): Promise<void> {
    if (this.out?.writableNeedDrain === true) await once(this.out, 'drain', { signal });
  }
}

function joined(pieces: readonly (string | Uint8Array)[]): Uint8Array {
  const [first] = pieces;
  if (pieces.length === 1 && first instanceof Uint8Array) return first;
  const all = pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece));
  return Buffer.concat(all);
}

interface Encoder {
  readonly name: string;
  readonly stream: ReturnType<typeof createGzip> | ReturnType<typeof createZstdCompress>;
}

/** Fast ones: an answer is sent once. */
function encoderFor(accepted: string): Encoder | undefined {
  const isAccepted = (name: string): boolean =>
    accepted.split(',').some((part) => {
      const [coding = '', ...parameters] = part
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/);
      return coding === name && !parameters.some((one) => /^q=0(\.0*)?$/.test(one));
    });
  if (isAccepted('zstd')) {
    const params = { [constants.ZSTD_c_compressionLevel]: 1 };
    return { name: 'zstd', stream: createZstdCompress({ params }) };
  }
  if (!isAccepted('gzip')) return undefined;
  return { name: 'gzip', stream: createGzip({ level: constants.Z_BEST_SPEED }) };
}
