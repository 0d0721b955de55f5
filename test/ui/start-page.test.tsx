import { configure, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { traceSummary } from './found-traces.ts';
import { openApp } from './open-app.tsx';

// The parts of the page are files of their own; the first to ask for them waits longest.
configure({ asyncUtilTimeout: 10_000 });
vi.setConfig({ testTimeout: 60_000 });

const CAN_DO = { searchFilters: true, searchWithoutServiceName: true };
const nowNano = BigInt(Date.now()) * 1_000_000n;
const RECENT = {
  minStartTimeUnixNano: String(nowNano - 2_000_000_000n),
  maxEndTimeUnixNano: String(nowNano - 1_900_000_000n),
};
const ANSWERS = {
  'api/v3/services': { services: ['cart', 'deadbeefdeadbeef', 'mail'] },
  'api/v3/operations': {},
  'api/v3/trace-summaries': {
    summaries: [
      traceSummary('a', 0, { ...RECENT, services: [{ name: 'cart', spanCount: 3 }] }),
      traceSummary('b', 0, {
        ...RECENT,
        services: [
          { name: 'cart', spanCount: 1, errorSpanCount: 1 },
          { name: 'mail', spanCount: 1 },
        ],
      }),
    ],
  },
};

const box = (): HTMLInputElement =>
  screen.getByLabelText('Trace id, service or conditions', { selector: 'input' });

const row = (service: string): string[] => {
  const found = screen.getByRole('link', { name: service }).closest('tr');
  return [...(found?.querySelectorAll('td') ?? [])].map(({ textContent }) => textContent);
};

describe('the start page', () => {
  it('links services whose names are blank or very long by what they are', async () => {
    const long = 'x'.repeat(3_000);
    openApp('search', { ...ANSWERS, 'api/v3/services': { services: [' ', long] } }, {}, CAN_DO);
    await screen.findByRole('link', { name: 'U+0020' });
    const link = screen.getByRole('link', { name: long });
    expect(link.querySelector('.service-dot')?.getAttribute('title')).toBe(long);
  });

  it('tells of each service what the newest traces say, and which these are', async () => {
    const asked = openApp('search', ANSWERS, {}, CAN_DO);
    await screen.findByText(/Numbers are from the newest 2 traces, of the last 5 minutes./);
    expect(row('cart')).toEqual(['cart', '0.007', '50 %', '100.00ms', '100.00ms', 'just now']);
    expect(row('mail')).toEqual(['mail', '0.003', '0 %', '100.00ms', '100.00ms', 'just now']);
    expect(row('deadbeefdeadbeef').slice(1)).toEqual(['', '', '', '', '']);
    const [query] = asked.get('api/v3/trace-summaries') ?? [];
    expect(query?.has('query.serviceName')).toBe(false);
    expect(query?.get('query.searchDepth')).toBe('400');
    within(screen.getByRole('table')).getAllByLabelText('p95 over time, from 100 ms to 100 ms');
  });

  it('leads to the traces of a service, and of all', async () => {
    openApp('search', ANSWERS, {}, CAN_DO);
    const link = await screen.findByRole('link', { name: 'mail' });
    expect(link.getAttribute('href')).toBe('search?limit=20&lookback=1h&service=mail');
    expect(screen.getByRole('link', { name: 'All services' }).getAttribute('href')).toBe(
      'search?limit=20&lookback=1h',
    );
  });

  it('asks for no traces where the storage needs a service for that', async () => {
    const asked = openApp('search', ANSWERS);
    await screen.findByRole('link', { name: 'mail' });
    expect(row('mail')).toEqual(['mail']);
    expect(asked.get('api/v3/trace-summaries')).toBeUndefined();
  });

  it.each([
    ['0AF7651916CD43DD8448EB211C80319C', 'trace/0af7651916cd43dd8448eb211c80319c', ''],
    ['deadbeefdeadbeef', 'search', 'deadbeefdeadbeef'],
    ['mail', 'search', 'mail'],
    ['service:cart error=true dur>200ms', 'search', 'cart'],
  ])('takes %s in its box', async (typed, page, service) => {
    openApp('search', ANSWERS, {}, CAN_DO);
    await screen.findByRole('link', { name: 'mail' });
    fireEvent.change(box(), { target: { value: typed } });
    fireEvent.submit(box());
    await waitFor(() => {
      expect(location.pathname).toBe(`/base/${page}`);
    });
    expect(new URLSearchParams(location.search).get('service') ?? '').toBe(service);
  });

  it('shows an example trace where nothing has been stored, and asks nobody for it', async () => {
    const asked = openApp(
      'search',
      { ...ANSWERS, 'api/v3/services': { services: [] } },
      {},
      CAN_DO,
    );
    fireEvent.click(await screen.findByRole('button', { name: 'Open an example trace' }));
    await screen.findByRole('treegrid');
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('frontend POST /checkout');
    expect(document.querySelectorAll('.timeline-row')).toHaveLength(13);
    expect([...asked.keys()].filter((path) => path.startsWith('api/traces'))).toEqual([]);
  });

  it('says what it does not understand', async () => {
    openApp('search', ANSWERS, {}, CAN_DO);
    await screen.findByRole('link', { name: 'mail' });
    fireEvent.change(box(), { target: { value: 'nobody' } });
    fireEvent.submit(box());
    expect(screen.getByRole('alert').textContent).toContain('“nobody” is no service here');
  });
});
