import { expect, it } from 'vitest';
import { aBatch, aSpan } from '../harness/a-span.ts';
import { openQueryStorage, QUERY_STORAGES } from './query-storages.ts';
import { startTestQuery } from './start-test-query.ts';

const TIMES = 'query.startTimeMin=2023-12-31T00:00:00Z&query.startTimeMax=2024-01-02T00:00:00Z';

it.each(QUERY_STORAGES)(
  'a search becomes a file of either format, over %s storage',
  async (kind) => {
    const storage = await openQueryStorage(kind);
    await storage.writer.write(
      aBatch([aSpan({ serviceName: 'web' })]),
      new AbortController().signal,
    );
    const query = await startTestQuery(storage);
    const named = async (path: string): Promise<string | null> => {
      const answer = await fetch(query.url + path);
      const { body } = await query.ask(path.replace('&download=true', ''));
      expect(await answer.text()).toBe(body);
      return answer.headers.get('content-disposition');
    };
    expect(await named('/api/traces?service=web&start=0&download=true')).toBe(
      'attachment; filename="traces-jaeger.json"',
    );
    expect(await named(`/api/v3/traces?${TIMES}&download=true`)).toBe(
      'attachment; filename="traces-otlp.json"',
    );
    expect(await named('/api/traces?service=web&start=0&download=false')).toBe(null);
    expect(await named('/api/traces?start=x&download=true')).toBe(null);
    await query.stop();
    await storage.close();
  },
);
