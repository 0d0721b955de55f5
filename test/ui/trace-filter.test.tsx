import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { type FixtureSpan, jaegerTrace } from './fixture-trace.ts';
import { openApp } from './open-app.tsx';

const ID = '0af7651916cd43dd8448eb211c80319c';
const OTHER_ID = '1af7651916cd43dd8448eb211c80319c';
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
    tags: { error: true },
  },
  { id: '04', parent: '01', service: 'mail', operation: 'Send', at: 6_000, duration: 3_000 },
];
const ANSWERS = {
  [`api/traces/${ID}`]: jaegerTrace(ID, SPANS),
  [`api/traces/${OTHER_ID}`]: jaegerTrace(
    OTHER_ID,
    SPANS.map((span) => ({ ...span, operation: `${span.operation} again` })),
  ),
};
/** Of web, cart, redis and mail, with cart hidden: the names sorted are cart, mail, redis, web. */
const WITHOUT_CART = '2908.e';

async function openTrace(search = ''): Promise<void> {
  openApp(`trace/${ID}${search}`, ANSWERS);
  await screen.findByRole('treegrid');
}

const rows = (): string[] =>
  [...document.querySelectorAll('.timeline-row .timeline-name')].map((row) => row.textContent);
const press = (key: string): void => {
  fireEvent.keyDown(document.body, { key });
};
const activeRow = (): string | undefined =>
  document.querySelector('[role="row"][aria-selected="true"] .timeline-name')?.textContent;
const parameter = (name: string): string | null => new URLSearchParams(location.search).get(name);

describe('the service filter of a trace', () => {
  it('prunes services with all below them, keeps that in the address, and shows all again', async () => {
    await openTrace();
    fireEvent.click(screen.getByRole('checkbox', { name: /^cart/ }));
    fireEvent.click(screen.getByText('Apply'));
    expect(rows()).toEqual(['web GET /', '2 spans pruned, 1 error', 'mail Send']);
    expect(parameter('svcFilter')).toBe(WITHOUT_CART);
    screen.getByLabelText('Filter services: 1 hidden');
    press('j');
    press('j');
    expect(activeRow()).toBe('mail Send');
    fireEvent.click(screen.getByText('All'));
    fireEvent.click(screen.getByText('Apply'));
    expect(rows()).toHaveLength(4);
    expect(parameter('svcFilter')).toBeNull();
  });

  it('is what an address of Jaeger says', async () => {
    await openTrace(`?svcFilter=${WITHOUT_CART}`);
    expect(rows()).toEqual(['web GET /', '2 spans pruned, 1 error', 'mail Send']);
  });

  it('is none for an address that was made for other services', async () => {
    await openTrace('?svcFilter=ffff.e');
    expect(rows()).toHaveLength(4);
  });

  it('keeps the only root', async () => {
    await openTrace();
    const web = screen.getByRole<HTMLInputElement>('checkbox', { name: /^web/ });
    expect(web.disabled).toBe(true);
    fireEvent.click(screen.getByText('None'));
    fireEvent.click(screen.getByText('Apply'));
    expect(rows()).toEqual(['web GET /', '3 spans pruned, 1 error']);
  });

  it('can be kept as default, which an address overrules', async () => {
    await openTrace();
    fireEvent.click(screen.getByRole('checkbox', { name: /^mail/ }));
    fireEvent.click(screen.getByText('Apply and keep as default'));
    expect(localStorage.getItem('svcFilter.defaults')).toBe('{"prunedServices":["mail"]}');
    history.pushState(null, '', `/base/trace/${OTHER_ID}`);
    dispatchEvent(new PopStateEvent('popstate'));
    await waitFor(() => {
      expect(rows()).toContain('web GET / again');
    });
    expect(rows()).toContain('1 span pruned');
    fireEvent.click(screen.getByText('All'));
    fireEvent.click(screen.getByText('Apply'));
    expect(parameter('svcFilter')).toBe('');
    expect(rows()).toContain('mail Send again');
  });

  it('counts only matches that are shown', async () => {
    await openTrace(`?svcFilter=${WITHOUT_CART}&uiFind=e`);
    const find = within(screen.getByRole('search', { name: 'Find in trace' }));
    expect(find.getByRole('status').textContent).toBe('1 / 2');
  });
});

describe('finding in a trace', () => {
  it('leaves only matches and what leads to them, and keeps that in the address', async () => {
    await openTrace('?uiFind=hgetall');
    expect(rows()).toHaveLength(4);
    fireEvent.click(screen.getByLabelText('Only matches and what leads to them'));
    expect(rows()).toEqual(['web GET /', 'cart GetCart', 'redis HGETALL']);
    expect(parameter('uiFindOnly')).toBe('1');
    expect(parameter('uiFind')).toBe('hgetall');
    press('Escape');
    await waitFor(() => {
      expect(rows()).toHaveLength(4);
    });
  });

  it('says so when nothing is left', async () => {
    await openTrace('?uiFind=nowhere&uiFindOnly=1');
    expect(rows()).toEqual([]);
    screen.getByText('No span matches. Clear the search, or show all spans again.');
  });

  it('opens what another view left in the address together with its own', async () => {
    await openTrace('?sort=name&uiFind=cart');
    fireEvent.change(screen.getByRole('textbox', { name: 'Find in trace' }), {
      target: { value: 'mail' },
    });
    await waitFor(() => {
      expect(location.search).toBe('?sort=name&uiFind=mail');
    });
  });
});
