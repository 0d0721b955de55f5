import { configure, fireEvent, screen, within } from '@testing-library/react';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { openApp } from './open-app.tsx';

// Files of a page come when it is opened; the first time they are compiled as well.
vi.setConfig({ testTimeout: 20_000 });
configure({ asyncUtilTimeout: 5_000 });
beforeAll(async () => {
  await import('../../src/ui/pages/quality/quality-page.tsx');
}, 60_000);

const ID = '0af7651916cd43dd8448eb211c80319c';
const check = (changes: object): object => ({
  ...{ name: 'HasParentSpan', category: 'Completeness', description: 'It is there.' },
  ...{ metricDocumentationLink: '', metricWeight: 1, passCount: 199, failureCount: 1 },
  failureExamples: [{ traceID: ID, spanIDs: ['0a', '0b'] }],
  ...changes,
});
const REPORT = {
  traceQualityDocumentationLink: 'https://wiki.example/scores',
  bannerText: { value: 'Only sampled traces.', styling: { color: 'red' } },
  scores: [
    { key: 'QUALITY', label: 'Trace Quality', max: 100, value: 99 },
    { key: 'COMPLETENESS', label: 'Completeness', max: 100, value: 40 },
  ],
  metrics: [
    check({}),
    check({ name: 'Judges nothing', passCount: 0, failureCount: 0, failureExamples: null }),
  ],
  clients: [
    {
      version: 'opentelemetry go 1.2.0',
      minVersion: '1.0.0',
      count: 12_345,
      examples: [{ traceID: ID, spanIDs: ['0a'] }],
    },
    {
      version: 'old',
      minVersion: '1.0.0',
      count: 2,
      examples: [{ traceID: 'no id', spanIDs: [] }],
    },
  ],
};
const ANSWERS = { 'api/v3/services': { services: ['web', 'cart'] }, 'api/quality-metrics': REPORT };

const where = (): string => location.pathname + location.search;

describe('trace quality', () => {
  it('shows the scores, the checks with examples, and the clients', async () => {
    const asked = openApp('quality-metrics?service=cart&lookback=12', ANSWERS);
    await screen.findByRole('img', { name: 'Trace Quality: 99 of 100' });
    screen.getByRole('img', { name: 'Completeness: 40 of 100' });
    expect(asked.get('api/quality-metrics')?.[0]?.toString()).toBe('hours=12&service=cart');
    screen.getByText('Only sampled traces.');
    // Rounded, 199 of 200 would be 100 %.
    screen.getByRole('img', { name: 'HasParentSpan: 99 % of the judged spans pass' });
    screen.getByText('No span to judge');
    const failed = screen.getByRole('list', { name: 'Failed: 1 example' });
    expect(within(failed).getByRole('link').getAttribute('href')).toBe(`trace/${ID}?uiFind=0a+0b`);
    const clients = screen.getByRole('table', { name: 'Client versions' });
    const rows = within(clients).getAllByRole('row');
    expect(rows[1]?.textContent).toBe('opentelemetry go 1.2.01.0.012,3450af7651');
    expect(rows[2]?.textContent).toBe('old1.0.02');
    const help = screen.getAllByText('What the scores mean');
    expect(help[0]?.getAttribute('href')).toBe('https://wiki.example/scores');
  });

  it('gives no score where there was no span to judge', async () => {
    const metrics = [check({ passCount: 0, failureCount: 0, failureExamples: null })];
    openApp('quality-metrics?service=nope', {
      ...ANSWERS,
      'api/quality-metrics': { ...REPORT, metrics, clients: [] },
    });
    const ring = await screen.findByRole('img', { name: 'Trace Quality: no span to judge' });
    expect(ring.textContent).toBe('–');
    expect(ring.querySelector('.score-ring-part')?.getAttribute('visibility')).toBe('hidden');
  });

  it('asks for nothing until a service is chosen, then for two days as Jaeger does', async () => {
    const asked = openApp('quality-metrics', ANSWERS);
    await screen.findByRole('heading', { name: 'Choose a service' });
    expect(asked.has('api/quality-metrics')).toBe(false);
    fireEvent.click(screen.getByRole('combobox', { name: 'Service' }));
    fireEvent.pointerDown(await screen.findByRole('option', { name: 'web' }));
    expect(where()).toBe('/base/quality-metrics?service=web&lookback=48');
    await screen.findByRole('img', { name: 'Trace Quality: 99 of 100' });
    fireEvent.change(screen.getByLabelText('Traces of the last'), { target: { value: '168' } });
    expect(where()).toBe('/base/quality-metrics?service=web&lookback=168');
  });

  it('keeps hours of its address that are no usual choice, and refuses others', async () => {
    openApp('quality-metrics?service=web&lookback=7', ANSWERS);
    const field = await screen.findByLabelText<HTMLSelectElement>(
      'Traces of the last',
      {},
      { timeout: 5_000 },
    );
    expect(field.value).toBe('7');
    openApp('quality-metrics?service=web&lookback=-1', ANSWERS);
    const other = await screen.findByLabelText<HTMLSelectElement>('Traces of the last');
    expect(other.value).toBe('48');
  });

  it('has the name, the place in the menu and the endpoint that are configured', async () => {
    const asked = openApp(
      'quality-metrics?service=web',
      { ...ANSWERS, 'api/hygiene': REPORT },
      { qualityMetrics: { menuLabel: 'Hygiene', apiEndpoint: '/api/hygiene' } },
    );
    await screen.findByRole('img', { name: 'Trace Quality: 99 of 100' });
    expect(screen.getByRole('link', { name: 'Hygiene' }).getAttribute('aria-current')).toBe('page');
    screen.getByRole('heading', { name: 'Hygiene' });
    expect(asked.get('api/hygiene')).toHaveLength(1);
    openApp('search', ANSWERS, { qualityMetrics: { menuEnabled: false } });
    await screen.findByRole('link', { name: 'Search' });
    expect(screen.queryByRole('link', { name: 'Trace Quality' })).toBe(null);
  });
});
