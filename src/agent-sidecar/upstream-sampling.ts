import { Buffer } from 'node:buffer';
import { createGrpcClient } from '../drivers/grpc-client.ts';
import type { SamplingStrategy } from '../model/sampling-strategy.ts';
import type { ClientTls } from '../runtime/client-tls.ts';
import { UsageError } from '../runtime/errors.ts';
import { formatHostPort } from '../runtime/setting.ts';
import type { SamplingProvider } from '../sampling/sampling-strategy.ts';
import { decodeSamplingAnswer, encodeSamplingQuestion } from '../wire/jaeger/sampling-messages.ts';
import { parseSamplingAnswer } from './parse-sampling-answer.ts';

export interface UpstreamSamplingOptions {
  /** `http://…` or `https://…` of a collector's /api/sampling, or `grpc://host:port`. */
  readonly endpoint: string;
  /** Services whose last strategy is kept. */
  readonly cachedServices: number;
  /** Of a `grpc://` endpoint; absent: no TLS. */
  readonly tls: ClientTls | undefined;
}

const TIMEOUT_MS = 2000;
const ANSWER_BYTES_MAX = 1024 * 1024;
const GRPC_ENDPOINT = /^grpc:\/\/(\[[^\]/]+\]|[^/:]+):(\d+)$/;
const METHOD = '/jaeger.api_v2.SamplingManager/GetSamplingStrategy';

/**
 * Strategies as a collector knows them. It is asked each time; the last answers are kept, and given
 * while it does not answer. Rejects for a service that was never answered.
 * @throws UsageError for an endpoint of another kind
 */
export function createUpstreamSampling(options: UpstreamSamplingOptions): SamplingProvider {
  const upstream = connect(options.endpoint, options.tls);
  const cache = new Map<string, SamplingStrategy>();
  return {
    strategyOf: async (service) => {
      try {
        const strategy = await upstream.ask(service);
        cache.delete(service);
        cache.set(service, strategy);
        const oldest = cache.keys().next();
        if (cache.size > options.cachedServices && oldest.done !== true) cache.delete(oldest.value);
        return strategy;
      } catch (error) {
        const known = cache.get(service);
        if (known === undefined) throw error;
        return known;
      }
    },
    stop: () => {
      upstream.close();
      return Promise.resolve();
    },
  };
}

interface Upstream {
  readonly ask: (service: string) => Promise<SamplingStrategy>;
  readonly close: () => void;
}

function connect(endpoint: string, tls: ClientTls | undefined): Upstream {
  const [, host, port] = GRPC_ENDPOINT.exec(endpoint) ?? [];
  if (host !== undefined) {
    const target = { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
    return grpcUpstream(formatHostPort(target), tls);
  }
  if (/^https?:\/\/[^/]/.test(endpoint)) {
    return { ask: (service) => askOverHttp(endpoint, service), close: () => undefined };
  }
  throw new UsageError(
    `http-server.sampling-endpoint: ${JSON.stringify(endpoint)} is not allowed; ` +
      'give http://host:port/path, https://host:port/path or grpc://host:port',
  );
}

async function askOverHttp(endpoint: string, service: string): Promise<SamplingStrategy> {
  const url = `${endpoint}?${new URLSearchParams({ service }).toString()}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > ANSWER_BYTES_MAX) {
      throw new Error(`an answer of more than ${ANSWER_BYTES_MAX} bytes`);
    }
    chunks.push(chunk);
  }
  if (!response.ok) throw new Error(`${endpoint} answered ${response.status}`);
  return parseSamplingAnswer(Buffer.concat(chunks).toString('utf8'));
}

/** As jaeger-agent asks its collector, on port 14250. */
function grpcUpstream(hostPort: string, tls: ClientTls | undefined): Upstream {
  const client = createGrpcClient({
    target: `dns:///${hostPort}`,
    timeoutMs: TIMEOUT_MS,
    messageBytesMax: ANSWER_BYTES_MAX,
    tls,
  });
  // The answer is waited for by its time alone: an agent that stops closes the client.
  const { signal } = new AbortController();
  return {
    ask: async (service) =>
      decodeSamplingAnswer(await client.unary(METHOD, encodeSamplingQuestion(service), { signal })),
    close: () => {
      client.close();
    },
  };
}
