import { configure, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type FixtureSpan, jaegerTrace } from './fixture-trace.ts';
import { openApp } from './open-app.tsx';

// Files of a page come when it is opened; the first time they are compiled as well.
vi.setConfig({ testTimeout: 20_000 });
configure({ asyncUtilTimeout: 5_000 });
beforeAll(async () => {
  await import('../../src/ui/pages/compare/compare-page.tsx');
  await import('../../src/ui/pages/compare/diff-graph.tsx');
  await import('../../src/ui/pages/compare/diff-table.tsx');
  await import('../../src/ui/pages/compare/chooser.tsx');
  await import('../../src/ui/pages/compare/side-search.tsx');
}, 60_000);

const id = (n: number): string => n.toString(16).padStart(32, 'a');
const A = id(1);
const B = id(2);
const C = id(3);

/** A page that asks the cart so many times, each as long. */
function shop(calls: number, duration: number, more: readonly FixtureSpan[] = []): FixtureSpan[] {
  return [
    { id: '01', service: 'web', operation: 'GET /', at: 0, duration: 1_000 },
    ...Array.from({ length: calls }, (_, i): FixtureSpan => ({
      ...{ id: `1${i}`, parent: '01', service: 'cart', operation: 'get', at: i + 1, duration },
    })),
    ...more,
  ];
}

const MAIL: FixtureSpan = {
  ...{ id: '20', parent: '01', service: 'mail', operation: 'send', at: 50, duration: 10 },
};
const ANSWERS = {
  [`api/traces/${A}`]: jaegerTrace(A, shop(2, 100)),
  [`api/traces/${B}`]: jaegerTrace(B, shop(3, 150, [{ ...MAIL, tags: { error: true } }])),
  [`api/traces/${C}`]: jaegerTrace(C, shop(1, 100)),
};

const node = (name: string | RegExp): Promise<HTMLElement> => screen.findByRole('button', { name });
const where = (): string => decodeURIComponent(location.pathname + location.search);
const cells = (row: HTMLElement): readonly string[] =>
  within(row)
    .getAllByRole('cell')
    .map(({ textContent }) => textContent.trim());
const table = async (): Promise<readonly (readonly string[])[]> => {
  const found = await screen.findByRole('table', { name: 'Paths of A and B' });
  return within(found).getAllByRole('row').slice(1).map(cells);
};

describe('comparing two traces', () => {
  it('has every path with both sides, the difference and the share', async () => {
    openApp(`trace/${A}...${B}?cohort=${A}&cohort=${B}&view=table`, ANSWERS);
    expect(await table()).toEqual([
      ['webGET /', '1', '1', '', '1.00ms', '1.00ms', '', '0.00%', '0.00%'],
      ['cartget', '2', '3', '+1 (+50%)', '100µs', '150µs', '+50µs(+50%)', '0.00%', '0.00%'],
      ['mailsend', '0', '1', '+1', '–', '10µs', '', '–', '100.00%'],
    ]);
    expect(document.title).toBe('Compare – Jaeger UI');
    const legend = screen.getByRole('list', { name: 'Paths by how they change from A to B' });
    expect(
      within(legend)
        .getAllByRole('listitem')
        .map((item) => item.textContent),
    ).toEqual(['only in B 1', 'more in B 1', 'same 1', 'less in B 0', 'only in A 0']);
    const a = screen.getByRole('region', { name: 'Traces A' });
    expect(within(a).getByText('Open timeline').getAttribute('href')).toBe(`trace/${A}`);
  });

  it('draws them as a graph, in the colour of what is asked for', async () => {
    openApp(`trace/${A}...${B}`, ANSWERS);
    await node(/^cart get 2 → 3 \+1 \(\+50%\)/);
    await node(/^mail send 0 → 1 \+1/);
    fireEvent.change(screen.getByLabelText('Colour by'), { target: { value: 'duration' } });
    expect(where()).toBe(`/base/trace/${A}...${B}?cohort=${A}&cohort=${B}&by=duration`);
    await node(/^cart get 100 µs → 150 µs \+50%/);
    const box = document.querySelector('.diff-box[data-tone="worse"]');
    expect(box?.textContent).toBe('cart get 100 µs → 150 µs +50%');
  });

  it('says all of a path that is chosen, with links to its spans', async () => {
    openApp(`trace/${A}...${B}`, ANSWERS);
    fireEvent.click(await node(/^cart get/));
    const panel = await screen.findByRole('region', { name: 'Path' });
    const row = within(panel).getByRole('row', { name: /^Mean duration/ });
    expect(cells(row)).toEqual(['100 µs', '150 µs', '+50 µs (+50%)']);
    expect(
      within(panel)
        .getAllByRole('listitem')
        .map((step) => step.textContent),
    ).toEqual(['webGET /', 'cartget']);
    const link = within(panel).getByText('Its spans in the timeline of B');
    expect(link.getAttribute('href')).toBe(`trace/${B}?uiFind=%22get%22`);
    fireEvent.keyDown(link, { key: 'Escape' });
    expect(screen.queryByRole('region', { name: 'Path' })).toBe(null);
    expect(document.activeElement?.className).toBe('graph-node');
  });

  it('finds paths by words', async () => {
    openApp(`trace/${A}...${B}?view=table&uiFind=MAIL`, ANSWERS);
    expect((await table()).map(([path]) => path)).toEqual(['mailsend']);
    screen.getByText('1 of 3');
  });

  it('swaps its sides', async () => {
    openApp(`trace/${A}...${B}?view=table`, ANSWERS);
    await table();
    fireEvent.click(screen.getByRole('button', { name: 'Swap A and B' }));
    expect(where()).toBe(`/base/trace/${B}...${A}?cohort=${A}&cohort=${B}&view=table`);
    await waitFor(async () => {
      expect((await table())[1]?.slice(0, 4)).toEqual(['cartget', '3', '2', '−1 (−33%)']);
    });
  });

  it('says which traces are not there', async () => {
    openApp(`trace/${A}...${id(9)}?view=table`, ANSWERS);
    await screen.findByText('1 trace could not be loaded');
    await screen.findByText('None of the traces of B could be loaded.');
  });

  it('links to help where it is configured', async () => {
    const help = 'https://wiki.example/diff';
    openApp(`trace/${A}...${B}?view=table`, ANSWERS, { traceDiff: { helpLink: help } });
    await table();
    expect(screen.getByText('Help').getAttribute('href')).toBe(help);
  });
});

describe('choosing what to compare', () => {
  it('is in the menu, and takes ids one after the other', async () => {
    openApp('trace/...', ANSWERS);
    const nav = screen.getByRole('link', { name: 'Compare' });
    expect(nav.getAttribute('href')).toBe('trace/...');
    expect(nav.getAttribute('aria-current')).toBe('page');
    const add = async (typed: string): Promise<void> => {
      fireEvent.change(await screen.findByLabelText('Add a trace by its id'), {
        target: { value: typed },
      });
      fireEvent.click(screen.getByRole('button', { name: 'Add' }));
    };
    await add('no id');
    expect(screen.getByLabelText('Add a trace by its id').getAttribute('aria-invalid')).toBe(
      'true',
    );
    expect(where()).toBe('/base/trace/...');
    await add(` ${A} `);
    expect(where()).toBe(`/base/trace/${A}...?cohort=${A}`);
    await add(B);
    expect(where()).toBe(`/base/trace/${A}...${B}?cohort=${A}&cohort=${B}`);
    await node(/^cart get/);
  });

  it('ticks traces at hand for A and for B, also several', async () => {
    openApp(`trace/${A}...${B}?cohort=${C}&view=table`, ANSWERS);
    fireEvent.click(await screen.findByRole('button', { name: 'Choose traces' }));
    const hand = await screen.findByRole('table', { name: 'Traces at hand' });
    await waitFor(() => {
      expect(within(hand).getAllByRole('row').slice(1).map(cells)[2]?.[2]).toBe('web GET /');
    });
    const tick = within(hand).getByRole<HTMLInputElement>('checkbox', { name: `B: ${C}` });
    expect(tick.checked).toBe(false);
    fireEvent.click(tick);
    expect(where()).toBe(
      `/base/trace/${A}...${B}?cohort=${A}&cohort=${B}&cohort=${C}&b=${C}&view=table`,
    );
    await waitFor(async () => {
      // Two traces of B: 3 and 1 calls, all of them 150, 150, 150 and 100 µs long.
      expect((await table())[1]?.slice(0, 8)).toEqual([
        ...['cartget', '2.00', '2.00', ''],
        ...['100µs', '150µs', '100µs', '150µs'],
      ]);
    });
  });
});

describe('comparing what two searches find', () => {
  const slow = Array.from({ length: 6 }, (_, i) => id(100 + i));
  const fast = Array.from({ length: 6 }, (_, i) => id(200 + i));
  const summary = (traceId: string): object => ({ traceId, rootServiceName: 'web', spanCount: 2 });
  const answers = {
    'api/v3/trace-summaries': (query: URLSearchParams) => ({
      summaries: (query.get('query.durationMin') === '1s' ? slow : fast).map(summary),
    }),
    ...Object.fromEntries(
      slow.map((trace, i) => [`api/traces/${trace}`, jaegerTrace(trace, shop(1, 900 + i))]),
    ),
    ...Object.fromEntries(
      fast.map((trace, i) => [`api/traces/${trace}`, jaegerTrace(trace, shop(1, 100 + i))]),
    ),
  };
  const search = (parameters: string): string => encodeURIComponent(parameters);
  const path = `trace/...?searchA=${search('service=web&limit=20')}&searchB=${search('service=web&minDuration=1s&limit=20')}`;

  it('says per path what is clear and how many traces say so', async () => {
    const asked = openApp(`${path}&view=table`, answers);
    const rows = await table();
    expect(rows[1]).toEqual([
      ...['cartget', '1.00', '1.00', '', '102µs', '902µs', '105µs', '905µs'],
      ...['+800µs(+780%)', '0.00%', '0.00%', 'slower in B'],
    ]);
    expect(rows[0]?.at(-1)).toBe('none');
    expect(asked.get('api/v3/trace-summaries')).toHaveLength(2);
    const b = screen.getByRole('region', { name: 'Traces B' });
    within(b).getByText('Search: web');
    within(b).getByText('≥ 1s');
    within(b).getByText('6 traces');
    fireEvent.click(within(await screen.findByRole('table')).getByText('get'));
    const panel = await screen.findByRole('region', { name: 'Path' });
    within(panel).getByText(
      'Mean duration: 103 µs in A, 903 µs in B. A clear difference: of 6 and 6 traces, chance alone would hardly show it.',
    );
  });

  it('takes its searches from two forms', async () => {
    openApp('trace/...', answers, {}, { searchWithoutServiceName: true });
    const form = await screen.findByRole('form', { name: 'Search for B' });
    fireEvent.change(within(form).getByLabelText('Min duration'), { target: { value: 'soon' } });
    fireEvent.click(within(form).getByRole('button', { name: 'Use as B' }));
    within(form).getByText('Write a number and a unit: ns, us, ms, s, m or h.');
    expect(where()).toBe('/base/trace/...');
    fireEvent.change(within(form).getByLabelText('Min duration'), { target: { value: '1s' } });
    fireEvent.click(within(form).getByRole('button', { name: 'Use as B' }));
    const b = new URLSearchParams(new URLSearchParams(location.search).get('searchB') ?? '');
    expect([b.get('minDuration'), b.get('limit')]).toEqual(['1s', '20']);
    // Fixed to the clock: the same traces when the address is opened again.
    expect(Number(b.get('end')) - Number(b.get('start'))).toBe(3_600_000_000);
    const chosen = screen.getByRole('region', { name: 'Traces B' });
    await within(chosen).findByText('6 traces');
    // What grows with each choice is below the forms, which stay where they are.
    await screen.findByRole('table');
    const parts = [...document.querySelectorAll('.add-trace, .search-form, .chooser-table')];
    expect(parts.map(({ classList }) => classList[0])).toEqual([
      ...['add-trace', 'search-form', 'search-form', 'chooser-table'],
    ]);
  });

  it('says when a search finds nothing', async () => {
    openApp(path, { ...answers, 'api/v3/trace-summaries': {} });
    await screen.findByText('The search for A finds no traces.');
  });
});
