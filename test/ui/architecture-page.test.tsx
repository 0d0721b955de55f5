import { configure, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { openApp } from './open-app.tsx';

// Laying out takes its time on a machine with much to do.
configure({ asyncUtilTimeout: 10_000 });
vi.setConfig({ testTimeout: 30_000 });

const link = (parent: string, child: string, callCount: number) => ({ parent, child, callCount });
const LINKS = [link('web', 'cart', 1_200), link('cart', 'db', 3), link('web', 'mail', 5)];
const ANSWERS = { 'api/dependencies': { data: LINKS } };

const nodes = async (): Promise<readonly (string | null)[]> => {
  await screen.findAllByRole('button', { name: / (?:in|out)$/ });
  return [...document.querySelectorAll('.service-box-name')].map(({ textContent }) => textContent);
};
const where = (): string => location.pathname + location.search;

describe('the system architecture', () => {
  it('asks for a week, as Jaeger does, and draws who called whom', async () => {
    const asked = openApp('dependencies', ANSWERS);
    expect(await nodes()).toEqual(['cart', 'db', 'mail', 'web']);
    expect(asked.get('api/dependencies')?.[0]?.get('lookback')).toBe('604800000');
    expect([...document.querySelectorAll('.graph-edge-label')].map((e) => e.textContent)).toEqual([
      '1.2K',
      '3',
      '5',
    ]);
    screen.getByRole('button', {
      name: 'cart 1.2K in · 3 out',
      description: 'cart: called 1,200 times by 1 service, calls 1 service 3 times',
    });
    const list = screen.getByRole('list', { name: '3 connections' });
    within(list).getByText('web called cart 1,200 times');
    expect(document.title).toBe('System Architecture – Jaeger UI');
  });

  it('focuses a service that is clicked, and shows all again', async () => {
    openApp('dependencies', ANSWERS);
    const node = await screen.findByRole('button', { name: /^db/ });
    expect(screen.getByLabelText<HTMLSelectElement>('Depth').disabled).toBe(true);
    screen.getByText('Choose a service to see only what is around it.');
    fireEvent.click(node);
    expect(where()).toBe('/base/dependencies?service=db');
    await waitFor(async () => {
      expect(await nodes()).toEqual(['cart', 'db', 'web']);
    });
    expect(screen.getByRole('button', { name: /^db/ }).getAttribute('aria-current')).toBe('true');
    const focal = screen.getByRole('region', { name: 'Focused on' });
    within(focal).getByText('called 3 times by 1 service');
    expect(within(focal).getByText('Find its traces').getAttribute('href')).toBe(
      'search?service=db&lookback=1h',
    );
    fireEvent.change(screen.getByLabelText('Depth'), { target: { value: '1' } });
    expect(where()).toBe('/base/dependencies?service=db&depth=1');
    await waitFor(async () => {
      expect(await nodes()).toEqual(['cart', 'db']);
    });
    fireEvent.click(screen.getByRole('button', { name: 'Reset' }));
    expect(where()).toBe('/base/dependencies');
  });

  it('finds services by a part of their names, in the address as Jaeger writes it', async () => {
    openApp('dependencies?uiFind=CA', ANSWERS);
    await nodes();
    screen.getByText('1 of 4');
    expect(document.querySelectorAll('.graph-node[data-emphasized="true"]')).toHaveLength(1);
    expect(document.querySelectorAll('.graph-node[data-faded="true"]')).toHaveLength(3);
    fireEvent.change(screen.getByLabelText('Find a service'), { target: { value: 'zzz' } });
    expect(where()).toBe('/base/dependencies?uiFind=zzz');
    screen.getByText('0 of 4');
  });

  it('shows the calls as a table, most calls first', async () => {
    openApp('dependencies?layout=table', ANSWERS);
    const table = await screen.findByRole('table');
    expect(
      within(table)
        .getAllByRole('row')
        .slice(1)
        .map((row) => [...row.children].map(({ textContent }) => textContent)),
    ).toEqual([
      ['web', 'cart', '1,200', '99.6%'],
      ['web', 'mail', '5', '0.4%'],
      ['cart', 'db', '3', '100%'],
    ]);
    fireEvent.click(within(table).getAllByText('mail')[0] ?? table);
    expect(where()).toBe('/base/dependencies?service=mail&layout=table');
  });

  it('lays many calls out by forces alone, until a service is focused', async () => {
    openApp('dependencies?layout=hierarchical', ANSWERS, {
      dependencies: { dagMaxNumServices: 2 },
    });
    await nodes();
    const view = screen.getByLabelText<HTMLSelectElement>('View');
    expect(view.value).toBe('force');
    expect([...view.options].map(({ value }) => value)).toEqual(['force', 'table']);
    screen.getByText(/^3 connections, more than the 2/);
    fireEvent.click(screen.getByRole('button', { name: /^mail/ }));
    await waitFor(() => {
      expect(screen.getByLabelText<HTMLSelectElement>('View').value).toBe('hierarchical');
    });
  });

  it('takes another lookback, also one of the address alone', async () => {
    const asked = openApp('dependencies?lookback=3d', ANSWERS);
    await nodes();
    expect(asked.get('api/dependencies')?.[0]?.get('lookback')).toBe('259200000');
    fireEvent.change(screen.getByLabelText('Lookback'), { target: { value: '1h' } });
    expect(where()).toBe('/base/dependencies?lookback=1h');
  });

  it('does not mind what old links say', async () => {
    openApp('dependencies?type=DAG&depth=-1&layout=sfdp&lookback=x#dag', ANSWERS);
    expect(await nodes()).toEqual(['cart', 'db', 'mail', 'web']);
  });

  it('says what to do when nobody called anybody', async () => {
    openApp('dependencies', { 'api/dependencies': { data: [] } });
    await screen.findByRole('heading', { name: 'No calls between services' });
    expect(screen.getByText('Look at the last 4 weeks').getAttribute('href')).toBe(
      'dependencies?lookback=4w',
    );
  });

  it('says so when the focal service has no part in any call', async () => {
    openApp('dependencies?service=gone', ANSWERS);
    await screen.findByRole('heading', { name: 'gone neither calls nor is called' });
    expect(screen.getByText('Show all services').getAttribute('href')).toBe('dependencies');
  });

  it('says what failed, and is in the menu unless the configuration leaves it out', async () => {
    openApp('dependencies', {});
    await screen.findByText(/answered 404/);
    expect(screen.getAllByText('System Architecture')).toHaveLength(2);
    openApp('dependencies', ANSWERS, { dependenciesMenuEnabled: false });
    await nodes();
    expect(screen.getAllByText('System Architecture')).toHaveLength(1);
  });
});
