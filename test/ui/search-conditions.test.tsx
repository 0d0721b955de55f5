import { configure, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { traceSummary } from './found-traces.ts';
import { openApp } from './open-app.tsx';

// The parts of the page are files of their own; the first to ask for them waits longest.
configure({ asyncUtilTimeout: 10_000 });
vi.setConfig({ testTimeout: 60_000 });

const ANSWERS = {
  'api/v3/services': { services: ['cart', 'mail'] },
  'api/v3/operations': { operations: [{ name: 'GET /a b', spanKind: 'server' }] },
  'api/v3/trace-summaries': { summaries: [traceSummary('a', 5)] },
  'api/attributes': { data: ['http.method', 'http.route', 'name', 'a b'] },
  'api/attributes/http.route/values': { data: ['/a', '/a b'] },
};
const FILTERS = { searchFilters: true, searchWithoutServiceName: true };

const box = (): HTMLInputElement =>
  screen.getByLabelText('Search in one line', { selector: 'input' });

/** Types at the end, as a person does. */
function type(input: HTMLInputElement, value: string): void {
  fireEvent.change(input, { target: { value, selectionStart: value.length } });
}

const offered = (): string[] =>
  within(screen.getByRole('listbox', { name: 'Completions' }))
    .getAllByRole('option')
    .map(({ textContent }) => textContent);

describe('the line of conditions', () => {
  it('says what is searched for, and searches for what it says', async () => {
    const asked = openApp(
      'search?service=cart&tags={"error":"true"}&filter=a>=1&minDuration=1s&lookback=2h',
      ANSWERS,
      {},
      FILTERS,
    );
    await screen.findByText('1 trace');
    expect(box().value).toBe('service:cart error=true a>=1 dur>=1s');
    expect(screen.getByLabelText<HTMLInputElement>('Attributes').value).toBe('error=true a>=1');
    type(box(), 'mail http.route=~"/a.*" (b=1 || c exists) dur<2s');
    fireEvent.submit(box());
    await waitFor(() => {
      expect(asked.get('api/v3/trace-summaries')).toHaveLength(2);
    });
    const [, query] = asked.get('api/v3/trace-summaries') ?? [];
    expect(query?.get('query.serviceName')).toBe('mail');
    expect(query?.getAll('query.filter')).toEqual(['http.route=~/a.*', '(b=1 || c exists)']);
    expect(query?.get('query.durationMax')).toBe('2s');
    expect(query?.has('query.attributes')).toBe(false);
    expect(new URLSearchParams(location.search).get('lookback')).toBe('2h');
  });

  it('says where it is wrong and stays', async () => {
    openApp('search?service=cart&lookback=2h', ANSWERS, {}, FILTERS);
    await screen.findByText('1 trace');
    type(box(), 'service:cart a>b');
    fireEvent.submit(box());
    expect(screen.getByRole('alert').textContent).toBe('At column 14: > needs a number, not "b".');
    expect(box().getAttribute('aria-invalid')).toBe('true');
    expect(location.search).toBe('?service=cart&lookback=2h');
  });

  it('completes services, keys and values that are stored, by keyboard', async () => {
    const asked = openApp('search?service=cart&lookback=2h', ANSWERS, {}, FILTERS);
    await screen.findByText('1 trace');
    type(box(), 'service:ma');
    expect(offered()).toEqual(['mail']);
    fireEvent.keyDown(box(), { key: 'ArrowDown' });
    fireEvent.keyDown(box(), { key: 'Enter' });
    expect(box().value).toBe('service:mail ');
    type(box(), 'service:mail htt');
    await waitFor(() => {
      expect(offered()).toEqual(['http.method=', 'http.route=']);
    });
    expect(asked.get('api/attributes')?.[0]?.get('service')).toBe('mail');
    fireEvent.keyDown(box(), { key: 'ArrowUp' });
    expect(box().getAttribute('aria-activedescendant')).not.toBeNull();
    fireEvent.keyDown(box(), { key: 'Enter' });
    expect(box().value).toBe('service:mail http.route=');
    await waitFor(() => {
      expect(offered()).toEqual(['/a', '"/a b"']);
    });
    fireEvent.pointerDown(screen.getByText('"/a b"'));
    expect(box().value).toBe('service:mail http.route="/a b" ');
    fireEvent.keyDown(box(), { key: 'Escape' });
    expect(screen.queryByRole('listbox', { name: 'Completions' })).toBeNull();
  });

  it('offers fields with their words, and keys that are called like fields in quotes', async () => {
    openApp('search?service=cart&lookback=2h', ANSWERS, {}, FILTERS);
    await screen.findByText('1 trace');
    type(box(), 'status=');
    expect(offered()).toEqual(['unset', 'ok', 'error']);
    type(box(), 'na');
    await waitFor(() => {
      expect(offered()).toEqual(['name=', '"name"=']);
    });
    type(box(), 'resource.htt');
    await waitFor(() => {
      expect(offered()).toEqual(['resource.http.method=', 'resource.http.route=']);
    });
    type(box(), 'a ');
    await waitFor(() => {
      expect(offered()).toContain('"a b"=');
    });
  });
});

describe('the form', () => {
  it('explains how conditions are written where operators can be used, and where not', async () => {
    openApp('search', ANSWERS, {}, FILTERS);
    const [help] = await screen.findAllByText('', {
      selector: '[aria-label="How to write conditions"]',
    });
    fireEvent.focus(help ?? document.body);
    await screen.findByText('All conditions must hold on the same span.');
    openApp('search', ANSWERS);
    const [plain] = await screen.findAllByText('', {
      selector: '[aria-label="How to write conditions"]',
    });
    fireEvent.focus(plain ?? document.body);
    await screen.findByText('This storage can compare for equality only.');
  });

  it('counts services and operations, and offers the last search again', async () => {
    openApp('search?service=cart&operation=x', ANSWERS, {}, FILTERS);
    await screen.findByText('1 trace');
    screen.getByText('Service (2)');
    await screen.findByText('Operation (1)');
    fireEvent.click(screen.getByText('Find traces'));
    expect(JSON.parse(localStorage.getItem('lastSearch') ?? '')).toEqual({
      service: 'cart',
      operation: 'x',
    });
    fireEvent.click(screen.getByRole('link', { name: 'Jaeger UI' }));
    await screen.findByText('Find a trace');
    expect(screen.getByRole<HTMLInputElement>('combobox', { name: 'Service' }).value).toBe('cart');
    expect(screen.getByRole<HTMLInputElement>('combobox', { name: 'Operation' }).value).toBe('x');
  });

  it('is emptied by Reset, and the result stays', async () => {
    openApp('search?service=cart&limit=7&minDuration=1s', ANSWERS, {}, FILTERS);
    await screen.findByText('1 trace');
    fireEvent.click(screen.getByText('Reset'));
    expect(screen.getByRole<HTMLInputElement>('combobox', { name: 'Service' }).value).toBe('');
    expect(screen.getByLabelText<HTMLInputElement>('Limit').value).toBe('20');
    expect(screen.getByLabelText<HTMLInputElement>('Min duration').value).toBe('');
    screen.getByText('1 trace');
  });

  it('says in which zone the times of a custom range are', async () => {
    openApp('search?service=cart&lookback=custom', ANSWERS);
    await screen.findByText('1 trace');
    screen.getByText(`Times are ${new Intl.DateTimeFormat().resolvedOptions().timeZone}.`);
  });

  it('leaves the newest traces out while that is switched on', async () => {
    const config = { search: { adjustEndTime: '1m' } };
    openApp('search?service=cart&lookback=5m', ANSWERS, config);
    await screen.findByText('1 trace');
    const end = (): number => Number(new URLSearchParams(location.search).get('end')) / 1_000;
    fireEvent.click(screen.getByText('Find traces'));
    expect(Date.now() - end()).toBeGreaterThanOrEqual(60_000);
    fireEvent.click(screen.getByRole('switch', { name: 'Leave out the last 1m' }));
    fireEvent.click(screen.getByText('Find traces'));
    await waitFor(() => {
      expect(Date.now() - end()).toBeLessThan(30_000);
    });
  });
});

describe('a search that the server refuses', () => {
  it.each([
    [400, 'Change the condition that is named, in the form or in the address.'],
    [413, 'Shorten the time range, lower the limit, or add a condition.'],
  ])('with %i says what to do', async (status, hint) => {
    const refusal = { error: { httpCode: status, message: 'this is why' } };
    openApp('search?service=cart', {
      ...ANSWERS,
      'api/v3/trace-summaries': Response.json(refusal, { status }),
    });
    await screen.findByText(hint);
    screen.getByText(/this is why/);
  });
});
