import { configure, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { jaegerTrace } from './fixture-trace.ts';
import { traceSummary } from './found-traces.ts';
import { openApp } from './open-app.tsx';

// The parts of the page are files of their own; the first to ask for them waits longest.
configure({ asyncUtilTimeout: 10_000 });
vi.setConfig({ testTimeout: 60_000 });

const SERVICES = { 'api/v3/services': { services: ['cart', 'mail'] } };
const ID_A = 'a'.padStart(32, '0');
const ID_B = 'b'.padStart(32, '0');

/** Two pages of two traces and a last one of one. */
const PAGED = {
  ...SERVICES,
  'api/v3/trace-summaries': (query: URLSearchParams) => {
    const pages: Readonly<Record<string, unknown>> = {
      '': { summaries: [traceSummary('a', 1), traceSummary('b', 2)], nextCursor: 'second' },
      second: { summaries: [traceSummary('c', 3), traceSummary('d', 4)], nextCursor: 'third' },
      third: { summaries: [traceSummary('e', 5)] },
    };
    return pages[query.get('query.cursor') ?? 'none'];
  },
};
const THREE = {
  ...SERVICES,
  'api/v3/trace-summaries': {
    summaries: [
      traceSummary('a', 5),
      traceSummary('b', 50, { errorSpanCount: 2, rootServiceName: 'mail' }),
      traceSummary('c', 20, { spanCount: 9 }),
    ],
  },
};
const RANGE = 'start=1795244400000000&end=1795251600000000';

const names = (): string[] =>
  [...document.querySelectorAll('.result-name')].map(
    (element) => element.querySelectorAll('bdi')[1]?.textContent ?? '',
  );

const url = (): URLSearchParams => new URLSearchParams(location.search);

describe('pages of results', () => {
  it('adds older traces below, of the same time, and keeps that in the address', async () => {
    const asked = openApp(`search?service=cart&limit=2&${RANGE}`, PAGED);
    await screen.findByText('2 traces');
    fireEvent.click(screen.getByText('Show 2 older'));
    await screen.findByText('4 traces');
    expect(names()).toEqual(['op-a', 'op-b', 'op-c', 'op-d']);
    expect(url().get('pages')).toBe('2');
    const queries = asked.get('api/v3/trace-summaries') ?? [];
    expect(queries.map((query) => query.get('query.cursor'))).toEqual(['', 'second']);
    fireEvent.click(screen.getByText('Show 2 older'));
    await screen.findByText('5 traces');
    expect(screen.queryByText('Show 2 older')).toBeNull();
  });

  it('opens several pages by their address', async () => {
    openApp(`search?service=cart&limit=2&pages=2&${RANGE}`, PAGED);
    await screen.findByText('4 traces');
  });

  it('fixes the time of a lookback when it goes on', async () => {
    const asked = openApp('search?service=cart&limit=2&lookback=1h', PAGED);
    await screen.findByText('2 traces');
    fireEvent.click(screen.getByText('Show 2 older'));
    await screen.findByText('4 traces');
    expect(Number(url().get('end')) - Number(url().get('start'))).toBe(3_600_000_000);
    const times = (asked.get('api/v3/trace-summaries') ?? []).map((query) =>
      query.get('query.startTimeMax'),
    );
    expect(new Set(times).size).toBe(1);
  });

  it('shows older ones by themselves where the page would get longer than a search may', async () => {
    openApp(`search?service=cart&limit=2&${RANGE}`, PAGED, { search: { maxLimit: 3 } });
    await screen.findByText('2 traces');
    fireEvent.click(screen.getByText('Go on with older traces'));
    await waitFor(() => {
      expect(names()).toEqual(['op-c', 'op-d']);
    });
    expect(url().get('cursor')).toBe('second');
    fireEvent.click(screen.getByText('Back to the newest'));
    await waitFor(() => {
      expect(names()).toEqual(['op-a', 'op-b']);
    });
  });
});

describe('results', () => {
  it('are a table, ordered by its columns, with the order of the list', async () => {
    openApp(`search?service=cart&view=table&sort=longest&${RANGE}`, THREE);
    const table = await screen.findByRole('table');
    const column = (name: string): HTMLElement =>
      within(table).getByRole('columnheader', { name: new RegExp(name) });
    expect(column('Duration').ariaSort ?? column('Duration').getAttribute('aria-sort')).toBe(
      'descending',
    );
    fireEvent.click(within(column('Spans')).getByRole('button'));
    expect(['spans', 'least-spans']).toContain(url().get('sort'));
    const links = within(table).getAllByRole('link');
    expect(links).toHaveLength(3);
    expect(links[0]?.getAttribute('href')).toMatch(/^trace\/0{31}[abc]$/);
  });

  it('are sorted by name both ways, and by fewest errors', async () => {
    openApp(`search?service=cart&sort=name&${RANGE}`, THREE);
    await screen.findByText('3 traces');
    expect(names()).toEqual(['op-a', 'op-c', 'op-b']);
    fireEvent.change(screen.getByLabelText('Sort by'), { target: { value: 'name-reversed' } });
    expect(names()).toEqual(['op-b', 'op-c', 'op-a']);
    fireEvent.change(screen.getByLabelText('Sort by'), { target: { value: 'least-errors' } });
    expect(names()).toEqual(['op-a', 'op-c', 'op-b']);
  });

  it('are narrowed by a bar of the distribution, and whole again', async () => {
    openApp(`search?service=cart&${RANGE}`, THREE);
    fireEvent.click(
      await screen.findByRole('button', { name: '1 trace from 31.62 ms to 56.23 ms' }),
    );
    await screen.findByText('1 of 3 traces');
    expect(names()).toEqual(['op-b']);
    expect(url().get('plot')).toMatch(/,31623-56234$/);
    fireEvent.click(screen.getByText('Whole result'));
    expect(names()).toHaveLength(3);
  });

  it('can be searched for anew in the part that they were narrowed to', async () => {
    const plot = '1795251500000000-1795251700000000,31623-56234';
    openApp(`search?service=cart&plot=${plot}&${RANGE}`, THREE, {}, { searchFilters: true });
    const link = await screen.findByText('Search this range');
    const href = new URLSearchParams(link.getAttribute('href')?.slice('search?'.length));
    expect(href.get('start')).toBe('1795251500000000');
    expect(href.get('lookback')).toBe('custom');
    expect(href.getAll('filter')).toEqual(['trace:duration>=31ms', 'trace:duration<=57ms']);
  });

  it('become a file of the API with the conditions, the time and the number that are shown', async () => {
    openApp(`search?service=cart&tags={"a":"b"}&filter=c>1&limit=7&${RANGE}`, THREE);
    const link = await screen.findByText('Download');
    const [path, query] = link.getAttribute('href')?.split('?') ?? [];
    expect(path).toBe('api/traces');
    expect(Object.fromEntries(new URLSearchParams(query))).toEqual({
      service: 'cart',
      tags: '{"a":"b"}',
      filter: 'c>1',
      limit: '7',
      start: '1795244400000000',
      end: '1795251600000000',
      download: 'true',
    });
  });

  it('are the traces of an address with ids, summed up here, their named spans to be found', async () => {
    const spans = [
      { id: '01', service: 'web', operation: 'GET /', at: 0, duration: 9_000 },
      { id: '02', parent: '01', service: 'cart', operation: 'x', at: 1_000, duration: 20_000 },
      {
        id: '03',
        parent: 'ff',
        service: 'cart',
        operation: 'y',
        at: 5,
        duration: 1,
        tags: { error: true },
      },
    ];
    const asked = openApp(`search?traceID=${ID_A}&span=02%40${ID_A}`, {
      ...SERVICES,
      'api/traces': jaegerTrace(ID_A, spans),
    });
    await screen.findByText('1 trace');
    expect(asked.get('api/traces')?.[0]?.getAll('traceID')).toEqual([ID_A]);
    const row = document.querySelector('.result-row');
    expect(row?.getAttribute('href')).toBe(`trace/${ID_A}?uiFind=02`);
    expect(row?.textContent).toContain('GET /');
    within(row instanceof HTMLElement ? row : document.body).getByText('1 error');
    within(row instanceof HTMLElement ? row : document.body).getByText('3 spans');
    expect(document.querySelector('.result-duration')?.textContent).toBe('21.00ms');
  });
});

describe('traces to compare', () => {
  it('are chosen by their boxes, kept for the next search, and lead to the comparison', async () => {
    openApp(`search?service=cart&${RANGE}`, THREE);
    fireEvent.click(await screen.findByLabelText(/^Choose cart op-a /));
    screen.getByText('Choose one more to compare.');
    fireEvent.click(screen.getByLabelText(/^Choose mail op-b /));
    const bar = (): HTMLElement => screen.getByRole('region', { name: '2 chosen for comparing' });
    const link = within(bar()).getByText('Compare');
    expect(link.getAttribute('href')).toBe(`trace/${ID_A}...${ID_B}?cohort=${ID_A}&cohort=${ID_B}`);
    fireEvent.change(screen.getByLabelText('Limit'), { target: { value: '9' } });
    fireEvent.click(screen.getByText('Find traces'));
    await waitFor(() => {
      expect(url().get('limit')).toBe('9');
    });
    await screen.findByText('3 traces');
    expect(screen.getByLabelText<HTMLInputElement>(/^Choose mail op-b /).checked).toBe(true);
    fireEvent.click(within(bar()).getByLabelText('Do not compare mail op-b'));
    screen.getByText('Choose one more to compare.');
    fireEvent.click(screen.getByLabelText('Choose none'));
    expect(screen.queryByText('Choose one more to compare.')).toBeNull();
  });

  it('cannot be chosen in a frame', async () => {
    openApp(`search?service=cart&uiEmbed=v0&${RANGE}`, THREE);
    await screen.findByText('3 traces');
    expect(screen.queryByRole('checkbox')).toBeNull();
  });
});
