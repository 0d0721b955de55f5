import type { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { freeBytes } from '../runtime/free-bytes.ts';

/**
 * What is read of a request after its answer, to be thrown away. A connection that is closed while its
 * client still sends is reset, and many clients (Python's, Java's) look for an answer only once they
 * have sent everything: they would report a broken pipe and send the same again. Throwing bytes away
 * costs a fraction of taking them, so the bounds may be generous: of a body that says how long it is,
 * all that a line of a gigabit a second brings until the server's request timeout; of any other four
 * times the default limit of a body; and five seconds without a byte, as nginx waits for more.
 */
const ANNOUNCED_BYTES_MAX = 4 * 2 ** 30;
const DISCARDED_BYTES_MAX = 256 * 2 ** 20;
const SILENT_MS = 5000;

const PAYLOAD_TOO_LARGE = 413;

/**
 * Sends a whole answer whose headers, with the length of `body`, are set. When the request has not
 * arrived in full, the client gets the time to see the answer; a body that is too large or of unknown
 * length costs it the connection.
 */
export function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: Uint8Array,
): void {
  response.setHeader('content-length', body.length);
  if (request.complete) {
    response.writeHead(status).end(body);
    return;
  }
  const isEndless = request.headers['transfer-encoding'] !== undefined;
  if (isEndless || status === PAYLOAD_TOO_LARGE) response.setHeader('connection', 'close');
  // The answer is out in full, but not ended: with the end of the last one Node closes the connection.
  response.writeHead(status).write(body);
  discard(request, (isAll) => {
    response.end(() => {
      if (!isAll) request.destroy();
    });
  });
}

/** Reads the rest of a request; `done` hears whether that was all of it. */
function discard(request: IncomingMessage, done: (isAll: boolean) => void): void {
  const announced = Number(request.headers['content-length'] ?? Infinity);
  const bytesMax = announced <= ANNOUNCED_BYTES_MAX ? announced : DISCARDED_BYTES_MAX;
  let size = 0;
  const finish = (isAll: boolean): void => {
    clearTimeout(timer);
    request.off('data', onData).off('end', onEnd).off('close', onGone).pause();
    done(isAll);
  };
  const onData = (chunk: Buffer): void => {
    size += chunk.length;
    freeBytes(chunk);
    timer.refresh();
    if (size > bytesMax) finish(false);
  };
  const onEnd = (): void => {
    finish(true);
  };
  const onGone = (): void => {
    finish(false);
  };
  const timer = setTimeout(onGone, SILENT_MS);
  request.on('data', onData).on('end', onEnd).on('close', onGone).resume();
}
