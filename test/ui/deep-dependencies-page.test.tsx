import { configure, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { openApp } from './open-app.tsx';

// Laying out takes its time on a machine with much to do.
configure({ asyncUtilTimeout: 10_000 });
vi.setConfig({ testTimeout: 30_000 });

/** `web:GET cart:Get db:q` */
const way = (stops: string, traceId: string) => ({
  path: stops.split(' ').map((stop) => {
    const [service, operation] = stop.split(':');
    return { service, operation };
  }),
  attributes: [{ key: 'exemplar_trace_id', value: traceId }],
});

const WAYS = [
  way('edge:in web:GET cart:Get db:read disk:io', 'a1'),
  way('edge:in web:GET cart:Put db:write', 'b2'),
  way('app:tap cart:Get mail:Send', 'c3'),
];
const ANSWERS = {
  'api/v3/services': { services: ['cart', 'web'] },
  'api/v3/operations': { operations: [{ name: 'Get' }, { name: 'Put' }] },
  'api/deep-dependencies': { dependencies: WAYS },
};
const URL_ = 'deep-dependencies?service=cart';

const names = (): readonly (string | null)[] =>
  [...document.querySelectorAll('.service-box-name')].map(({ textContent }) => textContent).sort();
const shows = async (...expected: readonly string[]): Promise<void> => {
  await waitFor(() => {
    expect(names()).toEqual(expected);
  });
};
const parameters = (): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(location.search));
const click = (name: string | RegExp): void => {
  fireEvent.click(screen.getByRole('button', { name }));
};

describe('the deep dependency graph', () => {
  it('asks for a service first', async () => {
    openApp('deep-dependencies', ANSWERS);
    await screen.findByRole('heading', { name: 'Choose a service' });
    expect(screen.getByRole('link', { name: 'Service Dependencies' })).toBeDefined();
    fireEvent.click(await screen.findByRole('link', { name: 'cart' }));
    await shows('app', 'cart', 'db', 'disk', 'edge', 'mail', 'web');
  });

  it('shows what is two calls around the focus, each way to it by itself', async () => {
    const asked = openApp(`${URL_}&start=5&end=9`, ANSWERS);
    await shows('app', 'cart', 'db', 'disk', 'edge', 'mail', 'web');
    expect(Object.fromEntries(asked.get('api/deep-dependencies')?.[0] ?? [])).toEqual({
      service: 'cart',
      start: '5',
      end: '9',
    });
    const list = screen.getByRole('list', { name: '6 connections' });
    within(list).getByText('web calls cart in 2 paths');
    expect(screen.getByRole('button', { name: 'cart', description: 'cart (focus)' })).toBeDefined();
  });

  it('tells operations apart where they are shown, and remembers so in the address', async () => {
    openApp(URL_, ANSWERS);
    await shows('app', 'cart', 'db', 'disk', 'edge', 'mail', 'web');
    fireEvent.click(screen.getByLabelText('Show operations'));
    expect(parameters()).toEqual({ service: 'cart', showOp: '1' });
    await shows('app', 'cart', 'db', 'db', 'disk', 'edge', 'mail', 'web');
    screen.getByRole('button', { name: 'cart 2 operations' });
    screen.getByRole('button', { name: 'db write' });
    fireEvent.change(screen.getByLabelText('Density'), { target: { value: 'uvd' } });
    expect(parameters()).toEqual({ service: 'cart', showOp: '1', density: 'uvd' });
  });

  it('reaches as far as is chosen in each direction', async () => {
    openApp(URL_, ANSWERS);
    await shows('app', 'cart', 'db', 'disk', 'edge', 'mail', 'web');
    const callees = within(screen.getByRole('group', { name: 'Callees' }));
    const levels = (): readonly (string | null)[] =>
      callees.getAllByText(/^\d$/).map((level) => level.getAttribute('aria-pressed'));
    expect(levels()).toEqual(['true', 'true']);
    fireEvent.click(callees.getByRole('button', { name: '1 call away: 3 of 3 hops shown' }));
    // Hops 0 to 2 are the focus, 3 to 5 its callees, 6 to 8 its callers, 10 and 11 theirs.
    expect(parameters()['visEncoding']).toBe('2rj');
    await shows('app', 'cart', 'db', 'edge', 'mail', 'web');
    expect(levels()).toEqual(['true', 'false']);
  });

  it('reaches one level less, and one level more', async () => {
    openApp(URL_, ANSWERS);
    await shows('app', 'cart', 'db', 'disk', 'edge', 'mail', 'web');
    click('Callees: one level less');
    await shows('app', 'cart', 'db', 'edge', 'mail', 'web');
    click('Callees: one level less');
    await shows('app', 'cart', 'edge', 'web');
    click('Callers: one level less');
    await shows('app', 'cart', 'web');
    click('Callers: one level more');
    await shows('app', 'cart', 'edge', 'web');
    click('Reset');
    await shows('app', 'cart', 'db', 'disk', 'edge', 'mail', 'web');
  });

  it('shows what an address of Jaeger says', async () => {
    // The three hops of the focus, and the first of those that are called.
    openApp(`${URL_}&visEncoding=f&density=mc`, ANSWERS);
    await waitFor(() => {
      expect(names()).toContain('cart');
    });
    expect(names()).toHaveLength(2);
  });

  it('finds nodes, counts those that are hidden and shows them', async () => {
    openApp(`${URL_}&visEncoding=7`, ANSWERS);
    await shows('cart');
    fireEvent.change(screen.getByLabelText('Find'), { target: { value: 'd' } });
    expect(parameters()['uiFind']).toBe('d');
    screen.getByText('no match');
    click('Show 3 hidden matches');
    await shows('cart', 'db', 'disk', 'edge', 'web');
    screen.getByText('3 matches');
    expect(document.querySelectorAll('.graph-node[data-emphasized="true"]')).toHaveLength(3);
  });

  it('does with a node what its panel offers', async () => {
    openApp(URL_, ANSWERS);
    await shows('app', 'cart', 'db', 'disk', 'edge', 'mail', 'web');
    click('db');
    const panel = screen.getByRole('region', { name: 'Node' });
    within(panel).getByText('1 call after the focus · part of 2 paths');
    expect([...panel.querySelectorAll('.node-operations li')].map((e) => e.textContent)).toEqual([
      'read',
      'write',
    ]);
    expect(within(panel).getByText('Set as focus').getAttribute('href')).toBe(
      'deep-dependencies?service=db',
    );
    expect(within(panel).getByText('View traces').getAttribute('href')).toBe(
      'search?traceID=a1&traceID=b2',
    );
    click('Hide callees');
    await shows('app', 'cart', 'db', 'edge', 'mail', 'web');
    click('Show callees (1 hidden)');
    await shows('app', 'cart', 'db', 'disk', 'edge', 'mail', 'web');
    click('Only paths through here');
    await shows('cart', 'db', 'disk', 'edge', 'web');
    click('Hide this and beyond');
    await shows('cart', 'edge', 'web');
    expect(screen.queryByRole('region', { name: 'Node' })).toBeNull();
  });

  it('sets another focus without what was shown of the last', async () => {
    openApp(`${URL_}&visEncoding=7ps&density=uvd`, ANSWERS);
    await waitFor(() => {
      expect(names()).toContain('web');
    });
    click('web');
    fireEvent.click(screen.getByText('Set as focus'));
    expect(parameters()).toEqual({ service: 'web', density: 'uvd' });
  });

  it('says so when no request passed the service, and what failed', async () => {
    openApp(URL_, { ...ANSWERS, 'api/deep-dependencies': { dependencies: [] } });
    await screen.findByRole('heading', { name: 'No requests through this service' });
    openApp(URL_, { 'api/v3/services': { services: [] } });
    await screen.findByText(/answered 404/);
  });

  it('is left out of the menu when the configuration says so', async () => {
    openApp('deep-dependencies', ANSWERS, { deepDependencies: { menuEnabled: false } });
    await screen.findByRole('heading', { name: 'Choose a service' });
    expect(screen.queryByRole('link', { name: 'Service Dependencies' })).toBeNull();
  });
});

describe('decorations of the deep dependency graph', () => {
  const config = {
    pathAgnosticDecorations: [
      {
        id: 'err',
        name: 'Errors',
        acronym: 'E',
        summaryUrl: '/scores/#{service}',
        summaryPath: '#{service}.errors',
        detailUrl: '/scores/#{service}',
        detailPath: 'list',
        detailColumnDefs: [{ key: 'code', label: 'Code' }],
      },
      { id: 'bad', name: 'Bad', summaryUrl: 'javascript:alert(1)', summaryPath: 'x' },
    ],
  };

  it('are numbers of another service beside the names, with their details', async () => {
    openApp(
      `${URL_}&decoration=err&visEncoding=7`,
      {
        ...ANSWERS,
        // The stand-in of the server cuts the base path off, which this address does not have.
        's/cart': { cart: { errors: 12 }, list: [{ code: 'E1', more: 2 }] },
      },
      config,
    );
    await screen.findByRole('button', { description: 'cart (focus), Errors: 12' });
    expect(document.querySelector('.value-ring text')?.textContent).toBe('12');
    const choice = screen.getByLabelText<HTMLSelectElement>('Decoration');
    expect([...choice.options].map(({ text }) => text)).toEqual(['None', 'Errors']);
    click(/^cart/);
    const details = await screen.findByRole('region', { name: 'Errors' });
    expect((await within(details).findByRole('table')).textContent).toContain('CodeE1');
    fireEvent.change(choice, { target: { value: '' } });
    await screen.findByRole('button', { description: 'cart (focus)' });
  });
});
