import { readFile } from 'node:fs/promises';
import { Agent, request } from 'undici';
import type { Dispatcher } from 'undici';
import { openClientTls } from '../../runtime/client-tls.ts';
import type { ClientTls } from '../../runtime/client-tls.ts';
import { errorText, UsageError } from '../../runtime/errors.ts';
import { isJsonObject, jsonFields, jsonObjects } from '../../runtime/json-object.ts';
import type { RoleDeps } from '../../runtime/running.ts';
import type { MetricsConfig } from './config.ts';
import { MetricsError } from './metrics-reader.ts';
import type {
  MetricPoint,
  MetricSeries,
  MetricsQuestion,
  MetricsReader,
} from './metrics-reader.ts';
import { operationLabel, promql } from './promql.ts';

/** Of one answer. */
const ANSWER_BYTES_MAX = 64 * 2 ** 20;
/** Of what a store says about a failure, in characters. */
const FAILURE_TEXT_MAX = 500;
const CONNECTIONS_MAX = 32;
/** What a Date can be. */
const TIME_MAX_MS = 8.64e15;

/**
 * Asks Prometheus for what OpenTelemetry's spanmetrics connector computed.
 * @throws UsageError for settings that cannot be used
 */
export async function openPrometheus(
  config: MetricsConfig,
  deps: Pick<RoleDeps, 'clock' | 'logger' | 'metrics'>,
): Promise<MetricsReader> {
  const url = queryUrl(config);
  const tls = await openClientTls(config.tls, { ...deps, flagPrefix: 'prometheus' });
  let agent = createAgent(config, tls);
  const unfollow = tls?.follow(() => {
    void agent.close();
    agent = createAgent(config, tls);
  });
  const ask = async (
    question: MetricsQuestion,
    token: string,
    signal: AbortSignal,
  ): Promise<readonly MetricSeries[]> => {
    const headers = await authorization(config, token);
    const body = new URLSearchParams({
      query: promql(question, config),
      start: String((question.endMs - question.lookbackMs) / 1000),
      end: String(question.endMs / 1000),
      step: String(question.stepMs / 1000),
    }).toString();
    const text = await post(url, { body, headers, dispatcher: agent, signal });
    return seriesOf(text, operationLabel(config));
  };
  return {
    minStepMs: 1,
    read: async (question, token, signal) => {
      const found = await ask(question, token, signal);
      if (question.kind !== 'errors' || found.length > 0) return found;
      // No errors are not the same as no calls.
      const calls = await ask({ ...question, kind: 'calls' }, token, signal);
      return calls.map(({ labels, points }) => ({
        labels,
        points: points.map(({ timeMs }) => ({ timeMs, value: 0 })),
      }));
    },
    close: async () => {
      unfollow?.();
      await agent.close();
    },
  };
}

/** @throws UsageError */
function queryUrl({ extraQueryParams, serverUrl }: MetricsConfig): URL {
  const base = URL.canParse(serverUrl) ? new URL(serverUrl) : undefined;
  if (base === undefined || !/^https?:$/.test(base.protocol)) {
    throw new UsageError(`prometheus.server-url: ${JSON.stringify(serverUrl)} is no http(s) URL`);
  }
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/$/, '')}/api/v1/query_range`;
  for (const pair of extraQueryParams) {
    const at = pair.indexOf('=');
    if (at <= 0) {
      throw new UsageError(
        `prometheus.query.extra-query-params: ${JSON.stringify(pair)} is not name=value`,
      );
    }
    url.searchParams.append(pair.slice(0, at), pair.slice(at + 1));
  }
  return url;
}

function createAgent({ connectTimeoutMs }: MetricsConfig, tls: ClientTls | undefined): Agent {
  const secure =
    tls === undefined
      ? {}
      : {
          ...(tls.files.ca === undefined ? {} : { ca: tls.files.ca }),
          ...tls.files.keyPair,
          ...(tls.serverName === '' ? {} : { servername: tls.serverName }),
          rejectUnauthorized: !tls.skipHostVerify,
        };
  return new Agent({
    connections: CONNECTIONS_MAX,
    connect: { timeout: connectTimeoutMs, ...secure },
  });
}

async function authorization(
  { tokenFile, tokenOverride }: MetricsConfig,
  token: string,
): Promise<Readonly<Record<string, string>>> {
  if (token !== '' && tokenOverride) return { authorization: `Bearer ${token}` };
  if (tokenFile === '') return {};
  try {
    return { authorization: `Bearer ${(await readFile(tokenFile, 'utf8')).trim()}` };
  } catch (error) {
    throw new MetricsError(`prometheus.token-file cannot be read: ${errorText(error)}`, {
      cause: error,
    });
  }
}

interface Post {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly dispatcher: Dispatcher;
  readonly signal: AbortSignal;
}

async function post(url: URL, { body, headers, ...options }: Post): Promise<string> {
  try {
    const answer = await request(url, {
      ...options,
      method: 'POST',
      body,
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    });
    const text = await readBounded(answer.body);
    if (answer.statusCode === 200) return text;
    throw new MetricsError(
      `the metrics store answered ${answer.statusCode}: ${failureText(text).slice(0, FAILURE_TEXT_MAX)}`,
    );
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof MetricsError) throw error;
    throw new MetricsError(`the metrics store does not answer: ${errorText(error)}`, {
      cause: error,
    });
  }
}

async function readBounded(body: AsyncIterable<unknown>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    if (!(piece instanceof Uint8Array)) throw new TypeError('an answer is not bytes');
    size += piece.length;
    if (size > ANSWER_BYTES_MAX) {
      throw new MetricsError(`the metrics store answers more than ${ANSWER_BYTES_MAX} bytes`);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

/** The sentence in a failure, which Prometheus's API wraps in JSON; what stands before it may write anything. */
function failureText(body: string): string {
  try {
    const value: unknown = JSON.parse(body);
    return isJsonObject(value) && typeof value['error'] === 'string' ? value['error'] : body;
  } catch {
    return body;
  }
}

/** https://prometheus.io/docs/prometheus/latest/querying/api/#range-queries @throws MetricsError */
function seriesOf(text: string, operation: string): readonly MetricSeries[] {
  const data = jsonFields(parsed(text)['data']);
  if (data['resultType'] !== 'matrix') {
    throw new MetricsError(`the metrics store answers no matrix: ${text.slice(0, 200)}`);
  }
  return jsonObjects(data['result']).map(({ metric, values }) => ({
    labels: Object.entries(jsonFields(metric)).map(([name, value]) => ({
      name: name === operation ? 'operation' : name,
      value: String(value),
    })),
    points: Array.isArray(values) ? values.map(pointOf) : [],
  }));
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : {};
  } catch (error) {
    throw new MetricsError('the metrics store answers no JSON', { cause: error });
  }
}

function pointOf(value: unknown): MetricPoint {
  const pair: readonly unknown[] = Array.isArray(value) ? value : [];
  const timeMs = Math.round(Number(pair[0]) * 1000);
  if (Math.abs(timeMs) > TIME_MAX_MS || Number.isNaN(timeMs)) {
    throw new MetricsError('the metrics store answers a time that is none');
  }
  return { timeMs, value: numberOf(String(pair[1])) };
}

/** As Prometheus writes numbers: `NaN`, `+Inf` and `-Inf` too. */
function numberOf(text: string): number {
  return Number(text.replace(/Inf$/, 'Infinity'));
}
