import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { type FixtureSpan, jaegerTrace } from './fixture-trace.ts';
import { openApp } from './open-app.tsx';

const ID = '0af7651916cd43dd8448eb211c80319c';
const STATEMENT = `SELECT * FROM carts WHERE ${'customer = 7 OR '.repeat(8)}FALSE`;
const SPANS: readonly FixtureSpan[] = [
  { id: '01', service: 'web', operation: 'GET /', at: 0, duration: 10_000 },
  {
    id: '02',
    parent: '01',
    service: 'cart',
    operation: 'GetCart',
    at: 1_000,
    duration: 4_000,
    events: [
      { at: 4_500, fields: { event: 'cache miss', key: 'cart:7' } },
      { at: 1_500, fields: { message: 'asked', level: 'info' } },
    ],
  },
  {
    id: '03',
    parent: '02',
    service: 'redis',
    operation: 'HGETALL',
    at: 2_000,
    duration: 500,
    tags: { error: true, 'db.statement': STATEMENT },
    events: [{ at: 2_100, fields: { event: 'exception', 'exception.message': 'timeout' } }],
  },
  { id: '04', parent: '01', service: 'cart', operation: 'Total', at: 6_000, duration: 3_000 },
  { id: '05', parent: 'feed', service: 'mail', operation: 'Send', at: 9_000, duration: 100 },
];

async function openView(view: string, search = '', spans = SPANS): Promise<void> {
  openApp(`trace/${ID}?view=${view}${search}`, {
    [`api/traces/${ID}`]: jaegerTrace(ID, spans),
  });
  await screen.findByRole('table', {}, PATIENT);
}

/** The file of a view is loaded when it is opened. */
const PATIENT = { timeout: 10_000 };

/** The text of each cell, by row. */
const cells = (): (string | null)[][] =>
  [...document.querySelectorAll('tbody tr[data-index]')].map((row) =>
    [...row.querySelectorAll('td')].map((cell) => cell.textContent),
  );
const column = (index: number): (string | null | undefined)[] => cells().map((row) => row[index]);
const params = (): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(location.search));
const sortBy = (title: string): void => {
  fireEvent.click(screen.getByRole('button', { name: title }));
};

describe('the statistics of a trace', () => {
  it('add up by service, the longest first', async () => {
    await openView('statistics');
    expect(cells()).toEqual([
      [
        ...['web', '1', '10.00ms', '10.00ms', '10.00ms', '10.00ms', '10.00ms', '10.00ms'],
        ...['3.00ms', '3.00ms', '3.00ms', '3.00ms', '30.0 %'],
      ],
      [
        ...['cart', '2', '7.00ms', '3.50ms', '3.00ms', '4.00ms', '3.00ms', '4.00ms'],
        ...['6.50ms', '3.25ms', '3.00ms', '3.50ms', '92.9 %'],
      ],
      [
        ...['redis1 error', '1', '500µs', '500µs', '500µs', '500µs', '500µs', '500µs'],
        ...['500µs', '500µs', '500µs', '500µs', '100.0 %'],
      ],
      [
        ...['mail', '1', '100µs', '100µs', '100µs', '100µs', '100µs', '100µs'],
        ...['100µs', '100µs', '100µs', '100µs', '100.0 %'],
      ],
    ]);
  });

  it('order by any column, which the address keeps', async () => {
    await openView('statistics');
    sortBy('Count');
    await waitFor(() => {
      expect(column(0)).toEqual(['cart', 'web', 'redis1 error', 'mail']);
    });
    expect(params()).toEqual({ view: 'statistics', statisticsSort: '-count' });
    await openView('statistics', '&statisticsSort=name');
    expect(column(0)).toEqual(['cart', 'mail', 'redis1 error', 'web']);
  });

  it('group by a tag and by another grouping within', async () => {
    await openView('statistics', '&groupBy=service&subGroupBy=operation');
    expect(column(0)).toEqual([
      ...['web', 'GET /', 'cart', 'GetCart', 'Total'],
      ...['redis1 error', 'HGETALL1 error', 'mail', 'Send'],
    ]);
    const field = screen.getByRole('combobox', { name: 'Group by' });
    fireEvent.change(field, { target: { value: 'db.statement' } });
    fireEvent.keyDown(field, { key: 'Enter' });
    await waitFor(() => {
      expect(params()['groupBy']).toBe('tag:db.statement');
    });
    expect(column(0)[0]).toBe('without db.statement');
  });

  it('show the whole text of a statement on demand', async () => {
    await openView('statistics', '&groupBy=tag:db.statement');
    HTMLDialogElement.prototype.showModal = function () {
      this.open = true;
    };
    fireEvent.click(screen.getByRole('button', { name: 'Show all of db.statement' }));
    const dialog = screen.getByRole('dialog', { name: 'db.statement' });
    expect(dialog.querySelector('pre')?.textContent).toBe(STATEMENT);
    fireEvent.click(within(dialog).getByRole('button', { name: 'Close' }));
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('draw the metric that is to be compared', async () => {
    await openView('statistics', '&colorBy=selfTotal');
    const shares = [...document.querySelectorAll<HTMLElement>('.statistics-share > :first-child')];
    expect(shares.map(({ style }) => style.width)).toEqual(['46.2%', '100%', '7.7%', '1.5%']);
  });
});

describe('the table of spans', () => {
  it('lists every span from the first to the last', async () => {
    await openView('spans');
    expect(cells()).toEqual([
      ['web', 'GET /', '01', '10.00ms', '0µs'],
      ['cart', 'GetCart', '02', '4.00ms', '1.00ms'],
      ['redis', 'HGETALL', '03', '500µs', '2.00ms'],
      ['cart', 'Total', '04', '3.00ms', '6.00ms'],
      ['mail', 'Send', '05', '100µs', '9.00ms'],
    ]);
    expect(screen.getByText('5 spans', { selector: '[role="status"]' })).toBeTruthy();
    expect(screen.getByRole('img', { name: 'failed' })).toBeTruthy();
  });

  it('chooses services and operations, and orders, all of it in the address', async () => {
    await openView('spans');
    fireEvent.click(screen.getByRole('checkbox', { name: /^cart/ }));
    await waitFor(() => {
      expect(column(1)).toEqual(['GetCart', 'Total']);
    });
    expect(screen.getByText('2 of 5 spans')).toBeTruthy();
    fireEvent.click(screen.getByRole('checkbox', { name: /^mail/ }));
    sortBy('Duration');
    await waitFor(() => {
      expect(column(1)).toEqual(['GetCart', 'Total', 'Send']);
    });
    expect(params()).toEqual({
      view: 'spans',
      spanServices: '["cart","mail"]',
      spanSort: '-duration',
    });
    await openView('spans', `&spanServices=${encodeURIComponent('["cart"]')}&spanOperations=["x"]`);
    expect(screen.getByText('No span is of a chosen service and a chosen operation.')).toBeTruthy();
  });

  it('marks what is found, and leads to the span in the timeline', async () => {
    await openView('spans', '&uiFind=HGETALL');
    const marked = [...document.querySelectorAll('tr[data-mark="found"]')];
    expect(marked.map((row) => row.querySelector('a')?.textContent)).toEqual(['03']);
    fireEvent.click(screen.getByRole('link', { name: '02' }));
    await screen.findByRole('treegrid');
    expect(document.querySelector('[role="row"][aria-selected="true"]')?.textContent).toContain(
      'GetCart',
    );
  });

  it('is not irritated by an address that was written by hand', async () => {
    await openView('spans', '&spanServices=[&spanOperations=7&spanSort=-');
    expect(cells()).toHaveLength(5);
  });

  it('keeps only the rows in sight of a large trace', async () => {
    const many = Array.from({ length: 10_000 }, (_, i): FixtureSpan => ({
      ...{ id: String(i + 1), service: 's', operation: `op ${i}`, at: i, duration: 5 },
    }));
    await openView('spans', '', many);
    expect(cells().length).toBeGreaterThan(10);
    expect(cells().length).toBeLessThan(60);
    expect(screen.getByText('10,000 spans', { selector: '[role="status"]' })).toBeTruthy();
  });
});

describe('the flame graph of a trace', () => {
  const chartFacts = (): string | null | undefined =>
    document.querySelector('.path-facts')?.textContent;

  it('has a table of self and total times by operation, the most work first', async () => {
    await openView('flamegraph');
    expect(cells()).toEqual([
      ['cartGetCart', '1', '3.50ms', '4.00ms'],
      ['webGET /', '1', '3.00ms', '10.00ms'],
      ['cartTotal', '1', '3.00ms', '3.00ms'],
      ['redisHGETALL', '1', '500µs', '500µs'],
      ['mailSend', '1', '100µs', '100µs'],
    ]);
  });

  it('shows the table, the graph, or both, which the address keeps', async () => {
    await openView('flamegraph');
    const press = (name: string): void => {
      fireEvent.click(screen.getByRole('button', { name }));
    };
    press('Flame graph');
    await waitFor(() => {
      expect(screen.queryByRole('table')).toBeNull();
    });
    expect(params()).toEqual({ view: 'flamegraph', flameLayout: 'flamegraph' });
    press('Table');
    await screen.findByRole('table');
    expect(screen.queryByRole('application')).toBeNull();
    press('Both');
    await screen.findByRole('application');
    expect(params()).toEqual({ view: 'flamegraph' });
  });

  it('is gone through, zoomed, collapsed and reset by keyboard', async () => {
    await openView('flamegraph');
    const chart = screen.getByRole('application', { name: 'Flame graph' });
    fireEvent.focus(chart);
    expect(chartFacts()).toBe('web GET /1 spantotal 10 msself 3 ms99.0 % of the trace’s work');
    fireEvent.keyDown(chart, { key: 'ArrowDown' });
    expect(chartFacts()).toMatch(/^cart GetCart1 spantotal 4 msself 3.5 ms/);
    fireEvent.keyDown(chart, { key: 'ArrowRight' });
    expect(chartFacts()).toMatch(/^cart Total/);
    fireEvent.keyDown(chart, { key: 'Enter' });
    await waitFor(() => {
      expect(params()['flameNode']).toBe('3');
    });
    fireEvent.click(screen.getByRole('button', { name: 'Collapse above' }));
    await waitFor(() => {
      expect(params()['flameAbove']).toBe('hidden');
    });
    fireEvent.keyDown(chart, { key: 'Escape' });
    await waitFor(() => {
      expect(params()).toEqual({ view: 'flamegraph' });
    });
  });

  it('narrows the table to what is typed, and emphasizes a chosen operation', async () => {
    await openView('flamegraph');
    fireEvent.change(screen.getByRole('textbox', { name: 'Find a service or operation' }), {
      target: { value: 'CART' },
    });
    await waitFor(() => {
      expect(column(0)).toEqual(['cartGetCart', 'cartTotal']);
    });
    fireEvent.click(screen.getByText('Total', { selector: 'td *' }));
    expect(document.querySelector('tr[data-mark="selected"]')?.textContent).toMatch(/^cartTotal/);
    const similar = screen.getByRole('button', { name: 'Highlight similar' });
    expect(similar.getAttribute('aria-pressed')).toBe('true');
    fireEvent.click(similar);
    expect(document.querySelector('tr[data-mark="selected"]')).toBeNull();
  });

  it('is not irritated by a box that is not there', async () => {
    await openView('flamegraph', '&flameNode=77&flameAbove=hidden&flameLayout=none');
    expect(cells()).toHaveLength(5);
    expect(screen.getByRole('application')).toBeTruthy();
  });
});

describe('the events of a trace', () => {
  it('come in the order of their time, with their span', async () => {
    await openView('logs');
    expect(cells().map(([since, , ...rest]) => [since, ...rest])).toEqual([
      ['1.50ms', 'cart', 'GetCart', 'message=askedlevel=info'],
      ['2.10ms', 'redis', 'HGETALL', 'exceptionexception.message=timeout'],
      ['4.50ms', 'cart', 'GetCart', 'cache misskey=cart:7'],
    ]);
    expect(column(1)[0]).toMatch(/^21 Nov 2026, \d\d:00:00\.001500$/);
  });

  it('are narrowed by text, which the address keeps', async () => {
    await openView('logs');
    const field = screen.getByRole('textbox', { name: 'Filter events' });
    fireEvent.change(field, { target: { value: 'level=info' } });
    await waitFor(() => {
      expect(column(0)).toEqual(['1.50ms']);
    });
    expect(screen.getByText('1 of 3 events')).toBeTruthy();
    await waitFor(() => {
      expect(params()['logFind']).toBe('level=info');
    });
    fireEvent.keyDown(field, { key: 'Escape' });
    await waitFor(() => {
      expect(cells()).toHaveLength(3);
    });
  });

  it('are said to be missing where there are none', async () => {
    await openView('logs', '', SPANS.slice(0, 1));
    expect(screen.getByText('No span of this trace has events.')).toBeTruthy();
  });
});
