import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Histogram } from 'prom-client';
import { errorText } from '../../runtime/errors.ts';
import { listen } from '../../runtime/listen.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Running } from '../../runtime/running.ts';
import type { HostPort } from '../../runtime/setting.ts';
import {
  AdmissionReviewError,
  parseAdmissionReview,
  renderAdmissionReview,
} from './admission-review.ts';
import type { AdmissionHandler } from './admission-review.ts';
import type { KeyPair } from './certificates.ts';

export interface WebhookServerOptions {
  readonly hostPort: HostPort;
  /** By path. */
  readonly handlers: ReadonlyMap<string, AdmissionHandler>;
  readonly certificate: KeyPair;
  readonly logger: Logger;
  /** Seconds, labels `webhook` and `code`. */
  readonly duration: Histogram<'webhook' | 'code'>;
}

export interface WebhookServer extends Running {
  /** New connections get this certificate; open ones go on. */
  useCertificate(certificate: KeyPair): void;
}

/** An API server's request is at most 3 MiB; a review carries up to two objects of it. */
const BODY_BYTES_MAX = 7 * 2 ** 20;
const REQUEST_TIMEOUT_MS = 10_000;

/**
 * Answers AdmissionReviews over TLS. Handlers look only into memory, so an answer never waits for
 * anything. A handler that throws is answered 500: the failure policy of the webhook then decides.
 */
export async function startWebhookServer(options: WebhookServerOptions): Promise<WebhookServer> {
  const { certificate: pair, logger } = options;
  const server = createServer(
    {
      cert: pair.certificate,
      key: pair.key,
      minVersion: 'TLSv1.2',
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: 5_000,
    },
    (request, response) => {
      answer(request, response, options).catch((error: unknown) => {
        logger.error({ error: errorText(error) }, 'admission request failed');
        response.destroy();
      });
    },
  );
  const port = await listen(server, options.hostPort, 'webhook');
  return {
    addresses: [{ name: 'webhook', transport: 'tcp', host: options.hostPort.host, port }],
    useCertificate: ({ certificate, key }) => {
      server.setSecureContext({ cert: certificate, key, minVersion: 'TLSv1.2' });
    },
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      await closed;
    },
  };
}

interface Outcome {
  readonly status: number;
  readonly body: string;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: WebhookServerOptions,
): Promise<void> {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const handler = options.handlers.get(path);
  const end = options.duration.startTimer({ webhook: handler === undefined ? 'unknown' : path });
  const { status, body } =
    handler === undefined || request.method !== 'POST'
      ? { status: handler === undefined ? 404 : 405, body: '' }
      : review(await readBody(request), handler, options.logger);
  const type = status === 200 ? 'application/json' : 'text/plain';
  response.writeHead(status, { 'content-type': type });
  response.end(body);
  end({ code: String(status) });
}

function review(body: string | undefined, handler: AdmissionHandler, logger: Logger): Outcome {
  if (body === undefined) return { status: 413, body: `more than ${BODY_BYTES_MAX} bytes\n` };
  try {
    const request = parseAdmissionReview(body);
    return { status: 200, body: renderAdmissionReview(request.uid, handler(request)) };
  } catch (error) {
    if (error instanceof AdmissionReviewError) return { status: 400, body: `${error.message}\n` };
    logger.error({ error: errorText(error) }, 'admission handler failed');
    return { status: 500, body: 'internal error\n' };
  }
}

/** undefined when the body is too large. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
