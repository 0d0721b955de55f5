import type {
  JaegerEnvelope,
  JaegerKeyValue,
  JaegerTrace,
} from '../../../src/query/api/jaeger-json.ts';
import { TEST_TIME_NANO } from '../../harness/a-span.ts';

const START_MICROS = TEST_TIME_NANO / 1000n;
const HOUR_MS = 3_600_000;

/** Jaeger's HTTP API, asked in the same words whoever serves it. */
export interface QueryApi {
  services(): Promise<readonly string[]>;
  /** `name (kind)`, sorted. */
  operations(service: string): Promise<readonly string[]>;
  /** Ids of the traces around the time of the tests that match, sorted. */
  find(conditions: Readonly<Record<string, string>>): Promise<readonly string[]>;
  /** Each span as text, sorted; [] for a trace that is not there. */
  trace(id: string): Promise<readonly string[]>;
  /** `parent > child: calls`, sorted. */
  dependencies(): Promise<readonly string[]>;
  /** Resolves to the status of the answer. */
  archive(id: string): Promise<number>;
  get(path: string): Promise<unknown>;
}

export function queryApi(port: number): QueryApi {
  const base = `http://127.0.0.1:${port}`;
  const get = async (path: string): Promise<unknown> => {
    const answer = await fetch(base + path);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  };
  const data = async <T>(path: string): Promise<readonly T[]> => {
    const envelope = (await get(path)) as JaegerEnvelope<readonly T[] | null>;
    return envelope.data ?? [];
  };
  return {
    services: () => data<string>('/api/services'),
    operations: async (service) => {
      const found = await data<{ name: string; spanKind: string }>(
        `/api/operations?service=${service}`,
      );
      return found.map(({ name, spanKind }) => `${name} (${spanKind})`).sort();
    },
    find: async (conditions) => {
      const query = new URLSearchParams({
        start: String(START_MICROS - 3_600_000_000n),
        end: String(START_MICROS + 3_600_000_000n),
        limit: '20',
        ...conditions,
      });
      const found = await data<JaegerTrace>(`/api/traces?${query.toString()}`);
      return found.map(({ traceID }) => traceID.padStart(32, '0')).sort();
    },
    trace: async (id) => {
      const answer = await fetch(`${base}/api/traces/${id}`);
      const { data: found } = (await answer.json()) as JaegerEnvelope<
        readonly JaegerTrace[] | null
      >;
      return (found ?? []).flatMap(spanTexts).sort();
    },
    dependencies: async () => {
      const endTs = Number(TEST_TIME_NANO / 1_000_000n) + HOUR_MS;
      const found = await data<{ parent: string; child: string; callCount: number }>(
        `/api/dependencies?endTs=${endTs}&lookback=${2 * HOUR_MS}`,
      );
      return found
        .map(({ parent, child, callCount }) => `${parent} > ${child}: ${callCount}`)
        .sort();
    },
    archive: async (id) => {
      const answer = await fetch(`${base}/api/archive/${id}`, { method: 'POST' });
      await answer.arrayBuffer();
      return answer.status;
    },
    get,
  };
}

/** What a user sees of each span, its tags with their types. */
function spanTexts({ processes, spans }: JaegerTrace): readonly string[] {
  return spans.map((span) => {
    const process = processes[span.processID];
    const parents = span.references.map(({ refType, spanID }) => `${refType} ${spanID}`);
    const logs = span.logs.map(({ fields, timestamp }) => `${timestamp} ${tagTexts(fields)}`);
    return [
      `${process?.serviceName ?? ''} ${span.operationName} ${span.spanID} ${span.startTime}+${span.duration}`,
      `after ${parents.join(', ')}`,
      `tags ${tagTexts(span.tags)}`,
      `process ${tagTexts(process?.tags ?? [])}`,
      `logs ${logs.join('; ')}`,
    ].join(' | ');
  });
}

function tagTexts(tags: readonly JaegerKeyValue[]): string {
  return tags
    .map(({ key, type, value }) => `${key}:${type}=${String(value)}`)
    .sort()
    .join(' ');
}
