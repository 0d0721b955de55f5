import { afterEach, describe, expect, it, vi } from 'vitest';
import { fetchTrace } from '../../src/ui/api/trace.ts';

const ID = '00000000000000ab';
const HEAD = { traceID: ID };
const PIECE = {
  ...{ keys: ['a'], pairKeys: [0], pairLengths: [1], pairText: 'x', names: ['ask'] },
  processes: [{ serviceName: 'shop', tags: [0] }],
  ...{ spanIds: '0000000000000001', parentSpanIds: '0000000000000000', base: 5, starts: [0] },
  ...{ durations: [3], operations: [0], processOf: [0], tagCounts: [1], tags: [0] },
  ...{ events: [0, 1, 1, 0], references: [], warnings: [{ span: 0, texts: ['late'] }] },
};
const END = { spanCount: 1, warnings: ['cut'], error: null };
const JAEGER = {
  data: [{ traceID: ID, spans: [{ traceID: ID, spanID: '02', operationName: 'other' }] }],
};

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Answers by path; anything else is not there. */
function standInFor(answers: Readonly<Record<string, Response>>): readonly string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (url: URL) => {
    const path = url.pathname.slice(1);
    asked.push(path);
    return Promise.resolve(answers[path] ?? new Response('not found', { status: 404 }));
  });
  return asked;
}

/** An answer whose lines come in as many parts as it has bytes, so that no end is where a line's is. */
function linesAnswer(...lines: readonly object[]): Response {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const bytes = new TextEncoder().encode(text);
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (let at = 0; at < bytes.length; at += 7) controller.enqueue(bytes.slice(at, at + 7));
      controller.close();
    },
  });
  return new Response(body, { headers: { 'content-type': 'application/x-ndjson' } });
}

function read(): ReturnType<typeof fetchTrace> {
  return fetchTrace(ID, new AbortController().signal);
}

describe('fetching a trace', () => {
  it('reads it by columns, line by line', async () => {
    const asked = standInFor({ [`api/ui/traces/${ID}`]: linesAnswer(HEAD, PIECE, END) });
    const { spans, traceId, warnings } = await read();
    expect([traceId, warnings, spans.length, asked.length]).toEqual([ID, ['cut'], 1, 1]);
    const [span] = spans;
    expect([span?.spanId, span?.parentSpanId, span?.operationName]).toEqual([
      ...['0000000000000001', '', 'ask'],
    ]);
    expect([span?.startUs, span?.durationUs]).toEqual([5, 3]);
    expect(span?.tags).toEqual([{ key: 'a', value: 'x' }]);
    expect(span?.events).toEqual([{ timeUs: 6, fields: [{ key: 'a', value: 'x' }] }]);
    expect(span?.process).toEqual({ serviceName: 'shop', tags: [{ key: 'a', value: 'x' }] });
    expect(span?.warnings).toEqual(['late']);
  });

  it('says so when the answer was cut off', async () => {
    standInFor({ [`api/ui/traces/${ID}`]: linesAnswer(HEAD, PIECE) });
    await expect(read()).rejects.toThrow('ended after 1 span, before the trace was whole');
  });

  it('warns that a trace is not whole when the answer says why', async () => {
    const end = { ...END, error: { code: 413, msg: 'too many' } };
    standInFor({ [`api/ui/traces/${ID}`]: linesAnswer(HEAD, PIECE, end) });
    expect((await read()).warnings).toEqual(['cut', 'This is not the whole trace: too many']);
  });

  it('reads the Jaeger JSON of a query service that does not have it by columns', async () => {
    const asked = standInFor({ [`api/traces/${ID}`]: Response.json(JAEGER) });
    expect((await read()).spans[0]?.operationName).toBe('other');
    expect(asked).toEqual([`api/ui/traces/${ID}`, `api/traces/${ID}`]);
  });

  it('reads the Jaeger JSON of one that answers a page for any address', async () => {
    const html = new Response('<html>', { headers: { 'content-type': 'text/html' } });
    standInFor({
      [`api/ui/traces/${ID}`]: html,
      [`api/traces/${ID}`]: Response.json(JAEGER),
    });
    expect((await read()).spans[0]?.operationName).toBe('other');
  });

  it('passes on what the query service says, and asks no more', async () => {
    const refused = Response.json({ errors: [{ msg: 'busy' }] }, { status: 503 });
    const asked = standInFor({ [`api/ui/traces/${ID}`]: refused });
    await expect(read()).rejects.toThrow('busy');
    expect(asked).toHaveLength(1);
  });
});
