import { fireEvent, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { type FixtureSpan, jaegerTrace } from './fixture-trace.ts';
import { openApp } from './open-app.tsx';

const ID = '0af7651916cd43dd8448eb211c80319c';
const OTHER_ID = '1af7651916cd43dd8448eb211c80319c';
const SPANS: readonly FixtureSpan[] = [
  {
    id: '01',
    service: 'web',
    operation: 'POST /pay',
    at: 0,
    duration: 10_000,
    tags: {
      'span.kind': 'client',
      'http.request.method': 'POST',
      'http.response.status_code': 503,
      list: '[1,2]',
      long: JSON.stringify(Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, i]))),
    },
    events: [
      { at: 1_000, fields: { event: 'early' } },
      { at: 9_000, fields: { event: 'late' } },
    ],
  },
  {
    id: '02',
    parent: '01',
    service: 'payment',
    operation: 'Pay',
    at: 1_000,
    duration: 4_000,
    tags: { 'span.kind': 'server', 'rpc.system': 'grpc' },
    links: [
      { traceId: ID, spanId: '01' },
      { traceId: OTHER_ID, spanId: '77' },
    ],
  },
  {
    id: '03',
    parent: '02',
    service: 'payment',
    operation: 'SELECT',
    at: 2_000,
    duration: 1_000,
    tags: { 'span.kind': 'client', 'db.system': 'mysql', 'peer.service': 'cards' },
  },
];

async function openTrace(config: unknown = {}, search = ''): Promise<void> {
  openApp(`trace/${ID}${search}`, { [`api/traces/${ID}`]: jaegerTrace(ID, SPANS) }, config);
  await screen.findByRole('treegrid');
}

const row = (index: number): HTMLElement => {
  const found = document.querySelectorAll<HTMLElement>('.timeline-row')[index];
  if (found === undefined) throw new Error(`there is no row ${index}`);
  return found;
};
const detail = () => within(document.querySelector<HTMLElement>('.span-detail') ?? document.body);

describe('a row of the timeline', () => {
  it('shows what kind of work it is, whom it calls and how that went', async () => {
    await openTrace();
    within(row(0)).getByRole('img', { name: 'HTTP' });
    expect(row(0).querySelector('.timeline-name')?.textContent).toBe('web payment POST /pay');
    expect(row(0).querySelector('.row-called')?.getAttribute('title')).toBe('calls payment');
    const pills = [...row(0).querySelectorAll('.trace-pill')];
    expect(pills.map((pill) => [pill.textContent, pill.getAttribute('data-tone')])).toEqual([
      ['503', 'error'],
      ['POST', null],
    ]);
    within(row(1)).getByRole('img', { name: 'RPC' });
    within(row(2)).getByRole('img', { name: 'Database' });
    expect(row(2).querySelector('.row-called')?.getAttribute('title')).toBe(
      'calls cards, which sent no spans',
    );
  });

  it('shows no pills when the configuration says so', async () => {
    await openTrace({ traceTimeline: { spanPillsEnabled: false } });
    expect(document.querySelectorAll('.row-pills')).toHaveLength(0);
  });

  it('leads to the spans it refers to, and back from them', async () => {
    await openTrace();
    const outgoing = within(row(1)).getByLabelText('Refers to 2 spans').closest('details');
    const links = within(outgoing ?? document.body);
    expect(links.getByText('77').getAttribute('href')).toBe(`trace/${OTHER_ID}?uiFind=77`);
    fireEvent.click(links.getByText('web POST /pay'));
    expect(row(0).getAttribute('aria-selected')).toBe('true');
    const incoming = await within(row(0)).findByLabelText('Referred to by 1 span');
    fireEvent.click(within(incoming.closest('details') ?? document.body).getByText('payment Pay'));
    expect(row(1).getAttribute('aria-selected')).toBe('true');
    expect(document.querySelectorAll('.span-detail')).toHaveLength(0);
  });

  it('shows an event under the pointer', async () => {
    await openTrace();
    const mark = row(0).querySelectorAll('.timeline-event')[1];
    if (mark === undefined) throw new Error('there is no second event');
    fireEvent.pointerEnter(mark);
    const card = screen.getByRole('tooltip');
    expect(card.textContent).toBe('Event at 9 mseventlate');
    fireEvent.pointerLeave(mark);
    expect(screen.queryByRole('tooltip')).toBeNull();
  });

  it('says what the trace waited for', async () => {
    await openTrace();
    expect(row(2).querySelector('.timeline-critical')?.getAttribute('title')).toBe(
      'The trace waited 1 ms for this span, from 2 ms',
    );
  });
});

describe('the details of a span', () => {
  it('show first the events of the part that is zoomed to, then all', async () => {
    await openTrace();
    fireEvent.click(row(0));
    detail().getByText('early');
    detail().getByText('late');
    for (let i = 0; i < 4; i++) fireEvent.keyDown(document.body, { key: 'ArrowUp' });
    for (let i = 0; i < 8; i++) fireEvent.keyDown(document.body, { key: 'ArrowRight' });
    expect(detail().queryByText('early')).toBeNull();
    detail().getByText(/^1 of 2 events in view/);
    fireEvent.click(detail().getByText('Show all'));
    detail().getByText('early');
    fireEvent.click(detail().getByText('Only those in view'));
    expect(detail().queryByText('early')).toBeNull();
  });

  it('lay JSON out as text or as a tree that can be folded', async () => {
    await openTrace();
    fireEvent.click(row(0));
    const [short, long] = detail().getAllByRole('group', { name: 'Show the value as' });
    if (short === undefined || long === undefined) throw new Error('there are two values of JSON');
    const value = within(short.parentElement ?? document.body);
    expect(short.parentElement?.querySelector('pre')?.textContent).toBe('[\n  1,\n  2\n]');
    fireEvent.click(within(short).getByText('Tree'));
    expect(short.parentElement?.querySelector('pre')).toBeNull();
    value.getByText('0: 1');
    fireEvent.click(value.getByRole('button', { name: '2 items' }));
    expect(value.queryByText('0: 1')).toBeNull();
    within(long.parentElement ?? document.body).getByText('"k19": 19');
  });

  it('put several links of a value behind one word, and one beside it', async () => {
    const pattern = (text: string, key: string): unknown => ({
      ...{ type: 'tags', key, text },
      url: `https://${text}.example/#{spanID}`,
    });
    await openTrace({
      linkPatterns: [pattern('a', 'list'), pattern('b', 'list'), pattern('c', 'span.kind')],
    });
    fireEvent.click(row(0));
    const menu = detail().getByLabelText('2 links: Links of list');
    expect(menu.textContent).toBe('2 links');
    const links = within(menu.closest('details') ?? document.body).getAllByRole('link', {
      hidden: true,
    });
    expect(links.map((link) => link.getAttribute('href'))).toEqual([
      'https://a.example/01',
      'https://b.example/01',
    ]);
    expect(detail().getByText('c').closest('a')?.href).toBe('https://c.example/01');
  });

  it('offer the value, the pair as JSON, and a link to the span to be copied', async () => {
    await openTrace();
    fireEvent.click(row(0));
    detail().getByLabelText('Copy span.kind');
    detail().getByLabelText('Copy span.kind as JSON');
    detail().getByLabelText('Copy the link to this span');
    expect(detail().getByTitle('Link to this span').getAttribute('href')).toBe(
      `trace/${ID}?uiFind=01`,
    );
  });

  it('show the talk with a model, as text whatever it says', async () => {
    const payload = '<img src=x onerror="globalThis.canary = 1"> **bold**';
    const span: FixtureSpan = {
      ...{ id: '01', service: 'bot', operation: 'chat', at: 0, duration: 10 },
      tags: {
        'gen_ai.request.model': 'm-1',
        'gen_ai.usage.input_tokens': 812,
        'gen_ai.prompt': 'Is order 7 risky?',
        'gen_ai.completion': payload,
      },
    };
    openApp(`trace/${ID}?uiFind=01`, { [`api/traces/${ID}`]: jaegerTrace(ID, [span]) });
    const question = await screen.findByText('Is order 7 risky?', { selector: '.genai *' });
    expect(question.closest('[data-role]')?.getAttribute('data-role')).toBe('user');
    const facts = [...document.querySelectorAll('.genai dl div')].map((fact) => fact.textContent);
    expect(facts).toEqual(['Modelm-1', 'Tokens in812']);
    within(document.querySelector<HTMLElement>('.genai') ?? document.body).getByText(payload);
    expect(document.querySelectorAll('.genai img')).toHaveLength(0);
  });
});
