import { Buffer } from 'node:buffer';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryStorage } from '../../src/storage/memory/memory-storage.ts';
import type { Storage, TraceOutline } from '../../src/storage/storage.ts';
import { encodeSpans } from '../../src/wire/otlp/encode-trace.ts';
import { aSpan, traceId } from '../harness/a-span.ts';
import { startTestQuery } from './start-test-query.ts';
import type { TestQuery } from './start-test-query.ts';

const LONG = 5000;

describe('an answer of a trace whose outline is known', () => {
  let storage: Storage;
  let query: TestQuery | undefined;

  beforeEach(() => {
    const options = { maxTraces: 10, maxBytes: 1_000_000, metrics: new Registry() };
    storage = createMemoryStorage(options);
  });

  afterEach(async () => {
    await query?.stop();
    query = undefined;
    await storage.close();
  });

  /** A storage that can read the beginning of its only trace, and then fails. */
  function failing(
    spanCount: number,
    failed: Promise<undefined> = Promise.resolve(undefined),
  ): Storage {
    const outline: TraceOutline = { spanCount, spans: () => [] };
    return {
      ...storage,
      reader: {
        ...storage.reader,
        getTraces: async function* () {
          yield { traceId: traceId(1), otlp: encodeSpans([aSpan()]), outline };
          await failed;
          throw new Error('a disk is broken');
        },
      },
    };
  }

  describe.each([
    { path: '/api/traces/1', head: '{"data":[{"traceID":"0000000000000001","spans":[' },
    { path: '/api/v3/traces/1', head: '{"result":{"resourceSpans":[' },
    { path: '/api/ui/traces/1', head: '{"traceID":"0000000000000001"}\n' },
  ])('at $path', ({ head, path }) => {
    // Where the process stands still for the 200 ms after which any answer begins, it is cut off too.
    it('has the status of its failure when it is short', { retry: 3 }, async () => {
      await query?.stop();
      query = await startTestQuery(failing(LONG - 1));
      const { body, status } = await query.ask(path);
      expect(status).toBe(500);
      expect(body).toContain('a disk is broken');
    });

    it('begins before that is known when it is long, and is cut off then', async () => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      query = await startTestQuery(failing(LONG, promise));
      const response = await fetch(query.url + path);
      expect(response.status).toBe(200);
      const reader = response.body?.getReader();
      const first = await reader?.read();
      expect(Buffer.from(first?.value ?? []).toString()).toBe(head);
      resolve(undefined);
      await expect(reader?.read()).rejects.toThrow('terminated');
    });
  });

  it('is refused with its status when it is longer than one may be', async () => {
    query = await startTestQuery(failing(LONG), { 'query.max-spans': String(LONG - 1) });
    expect((await query.ask('/api/traces/1')).status).toBe(413);
    expect((await query.ask('/api/v3/traces/1')).status).toBe(413);
  });

  it('does not begin when it is to be indented', async () => {
    query = await startTestQuery(failing(LONG));
    expect((await query.ask('/api/traces/1?prettyPrint=true')).status).toBe(500);
  });
});
