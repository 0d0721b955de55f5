import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { type FixtureSpan, jaegerTrace } from './fixture-trace.ts';
import { openApp } from './open-app.tsx';

const ID = '0af7651916cd43dd8448eb211c80319c';
const SPANS: readonly FixtureSpan[] = [
  { id: '01', service: 'web', operation: 'GET /', at: 0, duration: 10_000 },
  { id: '02', parent: '01', service: 'cart', operation: 'GetCart', at: 1_000, duration: 4_000 },
  {
    id: '03',
    parent: '02',
    service: 'redis',
    operation: 'HGETALL',
    at: 2_000,
    duration: 500,
    tags: { error: true, 'db.statement': '{"key":"cart:7"}', 'http.url': 'https://a.example/x' },
    process: { 'host.name': 'redis-0' },
    events: [{ at: 2_100, fields: { event: 'timeout' } }],
    links: [{ traceId: ID, spanId: '01' }],
    warnings: ['clock skew'],
  },
  { id: '04', parent: '01', service: 'cart', operation: 'Total', at: 6_000, duration: 3_000 },
  { id: '05', parent: 'feed', service: 'mail', operation: 'Send', at: 9_000, duration: 100 },
];

async function openTrace(search = '', spans = SPANS): Promise<void> {
  openApp(`trace/${ID}${search}`, { [`api/traces/${ID}`]: jaegerTrace(ID, spans) });
  await screen.findByRole('treegrid');
}

const rows = (): string[] =>
  [...document.querySelectorAll('.timeline-row .timeline-name')].map((row) => row.textContent);
/** The row whose name ends so. */
const rowOf = (name: string): HTMLElement => {
  const found = [...document.querySelectorAll<HTMLElement>('.timeline-row')].find((row) =>
    row.querySelector('.timeline-name')?.textContent.endsWith(name),
  );
  if (found === undefined) throw new Error(`no row ends with ${name}`);
  return found;
};
const press = (key: string, more: KeyboardEventInit = {}): void => {
  fireEvent.keyDown(document.body, { key, ...more });
};
const activeRow = (): string | undefined =>
  document.querySelector('[role="row"][aria-selected="true"] .timeline-name')?.textContent;

/** An answer of one span whose end is still to come. */
function streamedTrace(): { readonly answer: Response; readonly finish: () => void } {
  const piece = {
    ...{ keys: [], pairKeys: [], pairLengths: [], pairText: '', names: ['ask'] },
    processes: [{ serviceName: 'shop', tags: [] }],
    ...{ spanIds: '0000000000000001', parentSpanIds: '0000000000000000', base: 5, starts: [0] },
    ...{ durations: [3], operations: [0], processOf: [0], tagCounts: [0], tags: [] },
    ...{ events: [], references: [], warnings: [] },
  };
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const write = (line: object): void => {
    void writer.write(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
  };
  write({ traceID: 'ab' });
  write(piece);
  return {
    answer: new Response(readable, { headers: { 'content-type': 'application/x-ndjson' } }),
    finish: () => {
      write({ spanCount: 1, warnings: [], error: null });
      void writer.close();
    },
  };
}

describe('the trace page', () => {
  it('says how many spans have arrived while it waits for the others', async () => {
    const id = '00000000000000ab';
    const { answer, finish } = streamedTrace();
    openApp(`trace/${id}`, { [`api/ui/traces/${id}`]: answer });
    expect(await screen.findByText('1 span so far')).toBeTruthy();
    finish();
    await screen.findByRole('treegrid');
    expect(rows()).toEqual(['shop ask']);
  });

  it('draws the tree with a ghost for the parent that never arrived', async () => {
    await openTrace();
    expect(rows()).toEqual([
      'web GET /',
      'cart GetCart',
      'redis HGETALL',
      'cart Total',
      'Never arrived: parent feed',
      'mail Send',
    ]);
    expect(rowOf('GetCart').getAttribute('aria-level')).toBe('2');
    const bar = rowOf('GetCart').querySelector<HTMLElement>('.timeline-bar');
    expect([bar?.style.left, bar?.style.width]).toEqual(['10%', '40%']);
    const facts = [...document.querySelectorAll('.trace-facts dl div')].map((x) => x.textContent);
    expect(facts.slice(1)).toEqual([
      'Duration10 ms',
      'Spans5',
      'Depth3',
      'Errors1',
      'Missing parents1',
    ]);
  });

  it('collapses and expands single rows, all rows, and one level', async () => {
    await openTrace();
    fireEvent.click(within(rowOf('GetCart')).getByLabelText('Hide children'));
    expect(rows()).not.toContain('redis HGETALL');
    expect(rowOf('GetCart').getAttribute('aria-expanded')).toBe('false');
    within(rowOf('GetCart')).getByText('+1');
    within(rowOf('GetCart')).getByLabelText('A hidden span below failed');
    fireEvent.click(screen.getByLabelText('Collapse all'));
    expect(rows()).toEqual(['web GET /', 'Never arrived: parent feed']);
    fireEvent.click(screen.getByLabelText('Expand one level'));
    expect(rows()).toContain('cart Total');
    expect(rows()).not.toContain('redis HGETALL');
    press('[');
    expect(rows()).toHaveLength(6);
    press(']');
    expect(rows()).toHaveLength(2);
  });

  it('opens everything a span says below its row', async () => {
    await openTrace();
    fireEvent.click(rowOf('HGETALL'));
    const detail = document.querySelector<HTMLElement>('.span-detail') ?? document.body;
    within(detail).getByText('clock skew');
    within(detail).getByText('redis-0');
    within(detail).getByText('timeout');
    within(detail).getByText('at 2.1 ms');
    expect(
      within(detail)
        .getByText(/"key": "cart:7"/)
        .closest('pre'),
    ).not.toBeNull();
    expect(within(detail).getByText('https://a.example/x').closest('a')?.rel).toBe(
      'noopener noreferrer',
    );
    fireEvent.click(within(detail).getByText('web GET /', { selector: '.span-references *' }));
    expect(activeRow()).toBe('web GET /');
    fireEvent.click(rowOf('HGETALL'));
    expect(document.querySelector('.span-detail')).toBeNull();
  });

  it('finds text, counts, goes round, and keeps it in the URL', async () => {
    await openTrace();
    press('b', { ctrlKey: true });
    const input = screen.getByRole('textbox', { name: 'Find in trace' });
    expect(document.activeElement).toBe(input);
    fireEvent.change(input, { target: { value: 'cart' } });
    const status = within(screen.getByRole('search', { name: 'Find in trace' })).getByRole(
      'status',
    );
    await waitFor(() => {
      expect(status.textContent).toBe('3 matches');
    });
    const visited = ['Enter', 'Enter', 'Enter', 'Enter'].map((key) => {
      fireEvent.keyDown(input, { key });
      return `${status.textContent} ${activeRow()}`;
    });
    expect(visited).toEqual([
      '1 / 3 cart GetCart',
      '2 / 3 redis HGETALL',
      '3 / 3 cart Total',
      '1 / 3 cart GetCart',
    ]);
    fireEvent.keyDown(input, { key: 'Enter', shiftKey: true });
    expect(activeRow()).toBe('cart Total');
    await waitFor(() => {
      expect(location.search).toBe('?uiFind=cart&row=04');
    });
    press('Escape');
    await waitFor(() => {
      expect(location.search).toBe('?row=04');
    });
  });

  it('leaves the find box with Esc, so that the keys move the timeline again', async () => {
    await openTrace();
    const input = screen.getByRole<HTMLInputElement>('textbox', { name: 'Find in trace' });
    for (const typed of ['cart', '']) {
      press('b', { ctrlKey: true });
      expect(document.activeElement).toBe(input);
      fireEvent.change(input, { target: { value: typed } });
      fireEvent.keyDown(input, { key: 'Escape' });
      expect(input.value).toBe('');
      expect(document.activeElement).toBe(document.body);
    }
    fireEvent.keyDown(document.activeElement ?? document.body, { key: 'j' });
    expect(activeRow()).toBe('web GET /');
  });

  it('keeps the id of the address when it leaves leading zeros out', async () => {
    const answers = { 'api/traces/af7': jaegerTrace('af7'.padStart(32, '0'), SPANS) };
    const asked = openApp('trace/af7', answers);
    await screen.findByRole('treegrid');
    fireEvent.change(screen.getByRole('textbox', { name: 'Find in trace' }), {
      target: { value: 'cart' },
    });
    await waitFor(() => {
      expect(location.search).toBe('?uiFind=cart');
    });
    expect(location.pathname).toBe('/base/trace/af7');
    expect(asked.get('api/traces/af7')).toHaveLength(1);
  });

  it('shows the id as Jaeger writes it, however the address has it', async () => {
    const id = 'AAAA000000000001';
    openApp(`trace/${id}`, { [`api/traces/${id}`]: jaegerTrace(id.toLowerCase(), SPANS) });
    await screen.findByRole('treegrid');
    expect(document.querySelector('.trace-header-id')?.textContent).toBe('aaaa000');
  });

  it('reveals a match inside a collapsed row', async () => {
    await openTrace();
    press(']');
    fireEvent.change(screen.getByRole('textbox', { name: 'Find in trace' }), {
      target: { value: 'timeout' },
    });
    await screen.findByText('1 match');
    fireEvent.click(screen.getByLabelText('Next match'));
    expect(activeRow()).toBe('redis HGETALL');
  });

  it('starts at the span that a link names, with its details open', async () => {
    await openTrace('?uiFind=03');
    expect(activeRow()).toBe('redis HGETALL');
    expect(document.querySelectorAll('.span-detail')).toHaveLength(1);
  });

  it('moves, opens and zooms with the keyboard', async () => {
    await openTrace();
    press('j');
    press('f');
    expect(activeRow()).toBe('cart GetCart');
    press('k');
    expect(activeRow()).toBe('web GET /');
    press('Enter');
    expect(document.querySelectorAll('.span-detail')).toHaveLength(1);
    const width = (): number =>
      parseFloat(rowOf('Total').querySelector<HTMLElement>('.timeline-bar')?.style.width ?? '');
    expect(width()).toBeCloseTo(30);
    press('ArrowUp');
    expect(width()).toBeCloseTo(37.5);
    fireEvent.click(screen.getByText('Whole trace'));
    expect(width()).toBeCloseTo(30);
  });

  it('says what to do when the trace is not there', async () => {
    openApp('trace/beef', {});
    await screen.findByText('This trace is not here');
    screen.getByText('Go to search');
  });

  it('refuses an address that has no trace id in it, without asking for it', async () => {
    const asked = openApp('trace/xyz', {});
    await screen.findByText('This is not a trace id');
    const page = within(screen.getByRole('main'));
    page.getByText('A trace id is 1 to 32 hexadecimal digits.');
    page.getByText('Go to search');
    expect([...asked.keys()]).toEqual([]);
  });

  it('keeps zoom, chosen row, open details and collapsed rows in the address, and brings them back', async () => {
    await openTrace('?uiFind=Total');
    expect(location.search).toBe('?uiFind=Total');
    fireEvent.click(within(rowOf('GetCart')).getByLabelText('Hide children'));
    fireEvent.click(rowOf('Send'));
    press('ArrowUp');
    await waitFor(() => {
      expect(new URLSearchParams(location.search).get('zoom')).not.toBeNull();
    });
    const address = location.search;
    expect(Object.fromEntries(new URLSearchParams(address))).toEqual({
      ...{ uiFind: 'Total', zoom: '1000-9000' },
      ...{ row: '05', open: '04.05', closed: '02' },
    });
    const ruler = document.querySelector('.timeline-ruler')?.textContent;
    await openTrace(address);
    expect(rows()).not.toContain('redis HGETALL');
    expect(activeRow()).toBe('mail Send');
    expect(document.querySelectorAll('.span-detail')).toHaveLength(2);
    expect(document.querySelector('.timeline-ruler')?.textContent).toBe(ruler);
  });

  it('opens a trace whole when the address asks for what is not there', async () => {
    await openTrace('?zoom=9-3&row=nowhere&open=%00.x&closed=..');
    expect(rows()).toHaveLength(6);
    expect(activeRow()).toBeUndefined();
    expect(document.querySelectorAll('.span-detail')).toHaveLength(0);
  });

  it('gives a service one colour wherever its name is', async () => {
    await openTrace();
    const mark = rowOf('GetCart').querySelector<HTMLElement>('.timeline-mark')?.style.background;
    const dot = [...document.querySelectorAll('.trace-services .service-dot')]
      .find((element) => element.textContent.startsWith('cart'))
      ?.querySelector<HTMLElement>('.service-dot-mark')?.style.background;
    expect(mark).toMatch(/^light-dark\(oklch\(.*\), oklch\(.*\)\)$/);
    expect(dot).toBe(mark);
  });

  it('draws only the rows in sight of a large trace', async () => {
    const many = Array.from({ length: 10_000 }, (_, i): FixtureSpan => ({
      id: `${i + 1}`,
      ...(i > 0 && { parent: '1' }),
      service: 'web',
      operation: `op ${i}`,
      at: i,
      duration: 5,
    }));
    await openTrace('', many);
    expect(rows().length).toBeGreaterThan(10);
    expect(rows().length).toBeLessThan(60);
    expect(screen.getByRole('treegrid').getAttribute('aria-rowcount')).toBe('10000');
  });
});
