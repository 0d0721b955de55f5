import { configure, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { openApp } from './open-app.tsx';

// Files of a page come when it is opened; the first time they are compiled as well.
vi.setConfig({ testTimeout: 20_000 });
configure({ asyncUtilTimeout: 5_000 });
beforeAll(async () => {
  // The library of the charts asks for the density of pixels when it is loaded.
  vi.stubGlobal('matchMedia', () => ({ addEventListener: () => undefined }));
  await import('../../src/ui/pages/monitor/monitor-page.tsx');
}, 60_000);

const START_MS = Date.UTC(2026, 10, 21, 9);

/** As the query service writes it: protobuf's JSON. */
function series(operation: string | undefined, values: readonly (number | 'NaN')[]): object {
  const labels = [{ name: 'service_name', value: 'cart' }];
  if (operation !== undefined) labels.push({ name: 'operation', value: operation });
  return {
    labels,
    metricPoints: values.map((doubleValue, minute) => ({
      gaugeValue: { doubleValue },
      timestamp: new Date(START_MS + minute * 60_000).toISOString(),
    })),
  };
}

const family = (...metrics: readonly object[]): object => ({
  ...{ name: 'any', type: 'GAUGE', help: 'any' },
  ...(metrics.length > 0 && { metrics }),
});
const LATENCIES: Readonly<Record<string, number>> = { '0.5': 10, '0.75': 20, '0.95': 40 };
const isByOperation = (query: URLSearchParams): boolean => query.get('groupByOperation') === 'true';
const ANSWERS = {
  'api/v3/services': { services: ['web', 'cart'] },
  'api/metrics/latencies': (query: URLSearchParams) =>
    isByOperation(query)
      ? family(series('get', [200, 'NaN', 100]), series('put', [10, 10, 10]))
      : family(series(undefined, [LATENCIES[query.get('quantile') ?? ''] ?? 0, 'NaN', 60])),
  'api/metrics/calls': (query: URLSearchParams) =>
    isByOperation(query)
      ? family(series('get', [1, 1, 1]), series('put', [3, 4, 5]))
      : family(series(undefined, [4, 5, 6])),
  'api/metrics/errors': (query: URLSearchParams) =>
    isByOperation(query)
      ? family(series('get', [0.1, 'NaN', 0.3]))
      : family(series(undefined, [0.01, 'NaN', 0.03])),
};
const METRICS = { metricsStorage: true };

const where = (): string => location.pathname + location.search;
const operations = async (): Promise<readonly (readonly string[])[]> => {
  const table = await screen.findByRole('table', { name: 'Operations' });
  return within(table)
    .getAllByRole('row')
    .slice(1)
    .map((row) =>
      within(row)
        .getAllByRole('cell')
        .map(({ textContent }) => textContent.trim()),
    );
};

describe('the monitor', () => {
  it('asks for what Jaeger asks, and shows means over the time', async () => {
    const asked = openApp(
      'monitor?service=cart&spanKind=client&timeframe=7200000',
      ANSWERS,
      {},
      METRICS,
    );
    expect(await operations()).toEqual([
      ['get', '150.00ms', '1.00 req/s', '20.00%', '100%', 'View traces'],
      ['put', '10.00ms', '4.00 req/s', '0.00%', '27%', 'View traces'],
    ]);
    const latencies = asked.get('api/metrics/latencies') ?? [];
    expect(latencies.map((query) => query.get('quantile')).sort()).toEqual([
      '0.5',
      '0.75',
      '0.95',
      '0.95',
    ]);
    for (const query of [...latencies, ...(asked.get('api/metrics/calls') ?? [])]) {
      expect(query.get('service')).toBe('cart');
      expect(query.get('spanKind')).toBe('client');
      expect(query.get('lookback')).toBe('7200000');
      expect(query.get('step')).toBe('60000');
      expect(query.get('ratePer')).toBe('600000');
    }
    screen.getByRole('img', {
      name: 'Latency over time: P95 50 ms on average, P75 40 ms on average, P50 35 ms on average. The table has the numbers.',
    });
    screen.getByRole('img', { name: /^Error rate over time: Errors 2% on average/ });
    screen.getByRole('img', { name: /^Request rate over time: Requests 5 req\/s on average/ });
  });

  it('has a table of what the charts show, from newest to oldest when asked', async () => {
    openApp('monitor?service=cart&spanKind=server&timeframe=3600000', ANSWERS, {}, METRICS);
    await operations();
    const details = screen
      .getByText('Latency, Error rate, Request rate as a table')
      .closest('details');
    if (details === null) throw new Error('no table');
    details.open = true;
    const table = await screen.findByRole('table', { name: 'Latency, Error rate, Request rate' });
    const texts = within(table)
      .getAllByRole('row')
      .map((row) => row.textContent);
    expect(texts).toHaveLength(4);
    expect(texts[1]).toMatch(/40\.00ms20\.00ms10\.00ms1\.00%4\.00 req\/s$/);
    expect(texts[2]).toMatch(/––––5\.00 req\/s$/);
  });

  it('leads to the traces of a service and of an operation in that time', async () => {
    openApp('monitor?service=cart&spanKind=server&timeframe=3600000', ANSWERS, {}, METRICS);
    await operations();
    const link = screen.getByRole('link', { name: 'View traces of get' });
    const url = new URL(link.getAttribute('href') ?? '', 'http://x/');
    expect(url.searchParams.get('operation')).toBe('get');
    expect(url.searchParams.get('service')).toBe('cart');
    expect(url.searchParams.get('lookback')).toBe('custom');
    const span = Number(url.searchParams.get('end')) - Number(url.searchParams.get('start'));
    expect(span).toBe(3_600_000_000);
    const all = screen.getByText('View all traces').getAttribute('href') ?? '';
    expect(new URL(all, 'http://x/').searchParams.has('operation')).toBe(false);
  });

  it('fills the address with its choices and remembers them', async () => {
    openApp('monitor', ANSWERS, {}, METRICS);
    await operations();
    expect(where()).toBe('/base/monitor?service=cart&spanKind=server&timeframe=3600000');
    fireEvent.change(screen.getByLabelText('Span kind'), { target: { value: 'producer' } });
    fireEvent.change(screen.getByLabelText('Time frame'), { target: { value: '172800000' } });
    expect(where()).toBe('/base/monitor?service=cart&spanKind=producer&timeframe=172800000');
    await waitFor(() => {
      expect(localStorage.getItem('jaeger-ui-monitor')).toBe(
        'service=cart&spanKind=producer&timeframe=172800000',
      );
    });
  });

  it('finds operations by a part of their names', async () => {
    openApp('monitor?service=cart', ANSWERS, {}, METRICS);
    await operations();
    fireEvent.change(screen.getByLabelText('Find an operation'), { target: { value: 'PU' } });
    expect((await operations()).map(([name]) => name)).toEqual(['put']);
    fireEvent.change(screen.getByLabelText('Find an operation'), { target: { value: 'zz' } });
    screen.getByText('Nothing matches.');
  });

  it('says that there are no metrics of a service, and where to read how to get them', async () => {
    const none = Object.fromEntries(
      ['latencies', 'calls', 'errors'].map((name) => [`api/metrics/${name}`, family()]),
    );
    openApp('monitor?service=cart', { ...ANSWERS, ...none }, {}, METRICS);
    await screen.findByText('No operation was called in this time.');
    screen.getByText('There are no metrics of this service and kind of span in this time.');
    expect(screen.getByText('How to set up metrics of spans').getAttribute('href')).toBe(
      'https://www.jaegertracing.io/docs/latest/spm/',
    );
  });

  it('says what the store of metrics says when it fails', async () => {
    const failing = {
      'api/metrics/errors': Response.json(
        { errors: [{ code: 400, msg: 'failed executing metrics query: no route' }] },
        { status: 400 },
      ),
    };
    openApp('monitor?service=cart', { ...ANSWERS, ...failing }, {}, METRICS);
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('failed executing metrics query: no route');
    expect(alert.textContent).not.toContain('prometheus.server-url');
  });

  it('says once for the page that the store is down and what to look at, and tries all of it again', async () => {
    let down = true;
    const answers = Object.fromEntries(
      (['latencies', 'calls', 'errors'] as const).map((name) => [
        `api/metrics/${name}`,
        (query: URLSearchParams) =>
          down
            ? Response.json({ errors: [{ code: 500, msg: 'no route' }] }, { status: 500 })
            : ANSWERS[`api/metrics/${name}`](query),
      ]),
    );
    openApp('monitor?service=cart', { ...ANSWERS, ...answers }, {}, METRICS);
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('The numbers come from the store at prometheus.server-url');
    expect(screen.queryByRole('region', { name: 'Operations' })).toBe(null);
    down = false;
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await operations()).toHaveLength(2);
    screen.getByRole('img', { name: /^Latency over time: P95 50 ms on average/ });
  });
});

describe('without a store of metrics', () => {
  it('is not in the menu, and its page says how to get there', async () => {
    const asked = openApp('monitor', ANSWERS);
    await screen.findByRole(
      'heading',
      { name: 'Get started with the monitor' },
      { timeout: 5_000 },
    );
    expect(screen.queryByRole('link', { name: 'Monitor' })).toBe(null);
    expect([...asked.keys()]).toEqual([]);
  });

  it("says the operator's own words where there are some", async () => {
    const emptyState = { mainTitle: 'Not here', button: { text: 'Why' } };
    openApp('monitor', ANSWERS, { monitor: { emptyState, docsLink: 'https://wiki.example/' } });
    await screen.findByRole('heading', { name: 'Not here' });
    expect(screen.getByText('Why').getAttribute('href')).toBe('https://wiki.example/');
  });
});

describe('the menu', () => {
  it('has the monitor unless it is switched off', async () => {
    openApp('search', ANSWERS, {}, METRICS);
    await screen.findByRole('link', { name: 'Monitor' });
    openApp('search', ANSWERS, { monitor: { menuEnabled: false } }, METRICS);
    await screen.findByRole('link', { name: 'Search' });
    expect(screen.queryByRole('link', { name: 'Monitor' })).toBe(null);
  });
});
