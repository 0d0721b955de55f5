import type { Browser } from 'playwright-core';
import { Registry } from 'prom-client';
import type { Span } from '../../../src/model/span.ts';
import { createMemoryStorage } from '../../../src/storage/memory/memory-storage.ts';
import { aBatch } from '../../harness/a-span.ts';
import { startFakePrometheus } from '../../harness/fake-prometheus.ts';
import { launchChromium } from '../../harness/launch-chromium.ts';
import { startTestQuery } from '../../query/start-test-query.ts';
import { BUILT_UI } from '../fixture-server.ts';
import { CHROMIUM } from './open-chromium.ts';

interface OpenedQuery extends AsyncDisposable {
  readonly browser: Browser;
  /** Of the query service, without a slash at its end. */
  readonly url: string;
}

interface Contents {
  readonly spans?: readonly Span[];
  /** What the store of metrics says. */
  readonly metrics: Parameters<typeof startFakePrometheus>;
  readonly flags?: Readonly<Record<string, string>>;
}

/** The UI as it is served, in front of a query service with these spans, and a browser. */
export async function openQuery({ spans = [], metrics, flags }: Contents): Promise<OpenedQuery> {
  await using opening = new AsyncDisposableStack();
  const storage = createMemoryStorage({
    maxTraces: 9,
    maxBytes: 64_000_000,
    metrics: new Registry(),
  });
  opening.defer(() => storage.close());
  await storage.writer.write(aBatch(spans), new AbortController().signal);
  const prometheus = await startFakePrometheus(...metrics);
  opening.defer(() => {
    prometheus.server.closeAllConnections();
    prometheus.server.close();
  });
  const query = await startTestQuery(storage, {
    'query.static-files': BUILT_UI,
    'metrics-storage.type': 'prometheus',
    'prometheus.server-url': prometheus.url,
    ...flags,
  });
  opening.defer(() => query.stop());
  const browser = await launchChromium(CHROMIUM);
  opening.defer(() => browser.close());
  const opened = opening.move();
  return { browser, url: query.url, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
