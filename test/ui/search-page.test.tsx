import { configure, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { openApp } from './open-app.tsx';

// The parts of the page are files of their own; the first to ask for them waits longest.
configure({ asyncUtilTimeout: 10_000 });
vi.setConfig({ testTimeout: 60_000 });

const SERVICES = { 'api/v3/services': { services: ['mail', 'cart'] } };
const OPERATIONS = {
  'api/v3/operations': { operations: [{ name: 'GetCart', spanKind: 'server' }] },
};

const summary = (id: string, ms: number, more: Record<string, unknown> = {}): unknown => ({
  traceId: id.padStart(32, '0'),
  rootServiceName: 'cart',
  rootOperationName: `op-${id}`,
  minStartTimeUnixNano: '1795251600000000000',
  maxEndTimeUnixNano: String(1_795_251_600_000_000_000n + BigInt(ms) * 1_000_000n),
  spanCount: 3,
  services: [{ name: 'cart', spanCount: 3 }],
  ...more,
});

const ANSWERS = {
  ...SERVICES,
  ...OPERATIONS,
  'api/v3/trace-summaries': { summaries: [summary('a', 5)] },
};
const ANY_SERVICE = { searchWithoutServiceName: true };

const serviceBox = (): HTMLInputElement => screen.getByRole('combobox', { name: 'Service' });

const optionsOf = (list: string): HTMLElement[] =>
  within(screen.getByRole('listbox', { name: list })).getAllByRole('option');

const names = (): string[] =>
  [...document.querySelectorAll('.result-name > bdi')].map((element) => element.textContent);

describe('the search page', () => {
  it('says which conditions of an address it cannot read, and searches without them', async () => {
    const asked = openApp('search?service=cart&tags={bad&start=abc&end=5&lookback=custom', ANSWERS);
    await screen.findByText('Left out, because it cannot be read: “tags={bad”, “start=abc”.');
    await waitFor(() => {
      expect(asked.get('api/v3/trace-summaries')?.[0]?.has('query.attributes')).toBe(false);
    });
  });

  it('says which of an address’s ids are none, and searches for the others alone', async () => {
    const good = 'a'.padStart(32, '0');
    const asked = openApp(`search?traceID=zzz`, ANSWERS, {}, ANY_SERVICE);
    await screen.findByText('“zzz” is not a trace id: those are 1 to 32 hexadecimal digits.');
    expect(asked.get('api/v3/trace-summaries')).toBeUndefined();
    const both = openApp(`search?traceID=${good}&traceID=nothex&traceID=x`, ANSWERS);
    await screen.findByText(/^“nothex”, “x” are not trace ids/);
    await waitFor(() => {
      expect(both.get('api/traces')?.[0]?.getAll('traceID')).toEqual([good]);
    });
    expect(document.title).toBe('Search – Jaeger UI');
  });

  it('has its heading while it waits for what it shows', async () => {
    const never = { 'api/v3/services': new Response(new ReadableStream()) };
    openApp('search', never, {}, ANY_SERVICE);
    await screen.findByRole('heading', { level: 1, name: 'Search' });
    screen.getByText('Asking which services have sent traces…');
  });

  it('says in its title what it shows', async () => {
    openApp('search', ANSWERS, {}, ANY_SERVICE);
    await screen.findByText('Find a trace');
    expect(document.title).toBe('Search – Jaeger UI');
    openApp('search?lookback=1h', ANSWERS, {}, ANY_SERVICE);
    await screen.findByText('1 trace');
    expect(document.title).toBe('All services – Jaeger UI');
  });

  it('fills the form from the URL and asks for what the URL says', async () => {
    const asked = openApp(
      'search?service=cart&tags=%7B%22error%22%3A%22true%22%7D&lookback=2h&limit=7',
      {
        ...SERVICES,
        ...OPERATIONS,
        'api/v3/trace-summaries': { summaries: [summary('a', 5)] },
      },
    );
    await screen.findByText('1 trace');
    expect(screen.getByRole<HTMLInputElement>('combobox', { name: 'Service' }).value).toBe('cart');
    expect(screen.getByLabelText<HTMLInputElement>('Attributes').value).toBe('error=true');
    expect(screen.getByLabelText<HTMLSelectElement>('Lookback').value).toBe('2h');
    expect(screen.getByLabelText<HTMLInputElement>('Limit').value).toBe('7');
    const [query] = asked.get('api/v3/trace-summaries') ?? [];
    expect(query?.get('query.serviceName')).toBe('cart');
    expect(query?.get('query.attributes')).toBe('{"error":"true"}');
    expect(query?.get('query.searchDepth')).toBe('7');
  });

  it('asks for what the submitted form names before the page shows it, and once', async () => {
    const asked = openApp('search?service=cart&lookback=1h', ANSWERS);
    await screen.findByText('1 trace');
    fireEvent.change(screen.getByLabelText('Limit'), { target: { value: '9' } });
    addEventListener(
      'popstate',
      () => {
        expect(asked.get('api/v3/trace-summaries')).toHaveLength(2);
      },
      { once: true, capture: true },
    );
    fireEvent.click(screen.getByText('Find traces'));
    await screen.findByText('1 trace');
    expect(asked.get('api/v3/trace-summaries')).toHaveLength(2);
    expect(asked.get('api/v3/trace-summaries')?.[1]?.get('query.searchDepth')).toBe('9');
    expect.assertions(3);
  });

  it('puts the submitted form into the URL with a fixed time range', async () => {
    openApp('search', { ...SERVICES, ...OPERATIONS, 'api/v3/trace-summaries': {} });
    await screen.findByText('Find a trace');
    const service = screen.getByRole('combobox', { name: 'Service' });
    fireEvent.click(service);
    fireEvent.change(service, { target: { value: 'car' } });
    fireEvent.keyDown(service, { key: 'Enter' });
    fireEvent.change(screen.getByLabelText('Attributes'), {
      target: { value: 'http.status_code=500' },
    });
    fireEvent.change(screen.getByLabelText('Min duration'), { target: { value: '5ms' } });
    fireEvent.click(screen.getByText('Find traces'));
    const url = new URLSearchParams(location.search);
    expect(location.pathname).toBe('/base/search');
    expect(url.get('service')).toBe('cart');
    expect(url.get('tags')).toBe('{"http.status_code":"500"}');
    expect(url.get('minDuration')).toBe('5ms');
    expect(Number(url.get('end')) - Number(url.get('start'))).toBe(3_600_000_000);
    await screen.findByText('No traces found');
  });

  it('searches all services when the service is emptied, where the storage can', async () => {
    const asked = openApp('search?service=cart', ANSWERS, {}, ANY_SERVICE);
    await screen.findByText('1 trace');
    const service = serviceBox();
    expect(service.placeholder).toBe('All services');
    fireEvent.click(service);
    fireEvent.change(service, { target: { value: '' } });
    fireEvent.blur(service);
    fireEvent.click(screen.getByText('Find traces'));
    await waitFor(() => {
      expect(asked.get('api/v3/trace-summaries')).toHaveLength(2);
    });
    expect(new URLSearchParams(location.search).has('service')).toBe(false);
    expect(asked.get('api/v3/trace-summaries')?.[1]?.has('query.serviceName')).toBe(false);
    expect(serviceBox().value).toBe('');
  });

  it('opens a search of all services by its address, and offers it first', async () => {
    const asked = openApp('search?lookback=1h', ANSWERS, {}, ANY_SERVICE);
    await screen.findByText('1 trace');
    expect(asked.get('api/v3/trace-summaries')?.[0]?.has('query.serviceName')).toBe(false);
    openApp('search', ANSWERS, {}, ANY_SERVICE);
    const link = await screen.findByText('All services');
    fireEvent.click(link);
    await screen.findByText('1 trace');
    expect(location.search).toBe('?limit=20&lookback=1h');
  });

  it('asks for a service where the storage needs one', async () => {
    const asked = openApp('search?lookback=2h&limit=7', ANSWERS);
    await screen.findByText('A service leads to its traces of the last 2 hours.');
    expect(serviceBox().placeholder).toBe('Choose a service');
    expect(serviceBox().getAttribute('aria-invalid')).toBe('true');
    screen.getByText('Choose a service: this storage finds traces by service.');
    expect(asked.get('api/v3/trace-summaries')).toBeUndefined();
    fireEvent.click(screen.getByText('cart'));
    await screen.findByText('1 trace');
    expect(location.search).toBe('?limit=7&lookback=2h&service=cart');
    const service = serviceBox();
    fireEvent.click(service);
    expect(optionsOf('Service').map(({ textContent }) => textContent)).toEqual(['cart', 'mail']);
    fireEvent.change(service, { target: { value: '' } });
    fireEvent.keyDown(service, { key: 'Enter' });
    fireEvent.click(screen.getByText('Find traces'));
    expect(serviceBox().getAttribute('aria-invalid')).toBe('true');
    expect(location.search).toBe('?limit=7&lookback=2h&service=cart');
  });

  it('keeps the service when its list was only looked at', async () => {
    openApp('search?service=cart', ANSWERS);
    await screen.findByText('1 trace');
    fireEvent.click(serviceBox());
    const [chosen] = optionsOf('Service').filter((option) => option.ariaSelected === 'true');
    expect(chosen?.textContent).toBe('cart');
    fireEvent.blur(serviceBox());
    expect(screen.queryByRole('listbox', { name: 'Service' })).toBeNull();
    expect(serviceBox().value).toBe('cart');
  });

  it('says what is wrong with a field and stays where it is', async () => {
    openApp('search', SERVICES);
    await screen.findByText('Find a trace');
    fireEvent.change(screen.getByLabelText('Min duration'), { target: { value: '5' } });
    fireEvent.click(screen.getByText('Find traces'));
    expect(screen.getByLabelText('Min duration').getAttribute('aria-invalid')).toBe('true');
    screen.getByText('Write a number and a unit: ns, us, ms, s, m or h.');
    expect(location.search).toBe('');
  });

  it('says so when the shortest duration is above the longest, typed or in the address', async () => {
    openApp('search?service=cart&minDuration=2s', ANSWERS);
    await screen.findByText('1 trace');
    fireEvent.change(screen.getByLabelText('Max duration'), { target: { value: '1500ms' } });
    fireEvent.click(screen.getByText('Find traces'));
    screen.getByText('Must not be shorter than the min duration.');
    expect(new URLSearchParams(location.search).has('maxDuration')).toBe(false);
    openApp('search?service=cart&minDuration=2s&maxDuration=1s', ANSWERS);
    await screen.findByText('Must not be shorter than the min duration.');
  });

  it('lists what was found and sorts it, with the order in the URL', async () => {
    openApp('search?service=cart', {
      ...SERVICES,
      ...OPERATIONS,
      'api/v3/trace-summaries': {
        summaries: [
          summary('a', 5),
          summary('b', 50, { errorSpanCount: 2, orphanSpanCount: 1 }),
          summary('c', 20),
        ],
      },
    });
    await screen.findByText('3 traces');
    expect(names()).toEqual(['op-a', 'op-b', 'op-c']);
    fireEvent.change(screen.getByLabelText('Sort by'), { target: { value: 'longest' } });
    expect(names()).toEqual(['op-b', 'op-c', 'op-a']);
    expect(new URLSearchParams(location.search).get('sort')).toBe('longest');
    const row = screen.getByText('op-b').closest('a');
    expect(row?.getAttribute('href')).toBe(`trace/${'b'.padStart(32, '0')}`);
    within(row ?? document.body).getByText('2 errors');
    within(row ?? document.body).getByText('Incomplete');
    expect(document.querySelectorAll('.scatter-plot-mark')).toHaveLength(3);
  });

  it('tells which condition removed everything', async () => {
    const asked = openApp('search?service=cart&operation=x&minDuration=9s', {
      ...SERVICES,
      ...OPERATIONS,
      'api/v3/trace-summaries': {},
    });
    await screen.findByText('No traces found');
    await waitFor(() => {
      expect(asked.get('api/v3/trace-summaries')).toHaveLength(5);
    });
    const [, longer, bare, withoutOperation, withoutDuration] =
      asked.get('api/v3/trace-summaries') ?? [];
    expect(longer?.get('query.operationName')).toBe('x');
    expect([bare?.get('query.serviceName'), bare?.has('query.durationMin')]).toEqual([
      'cart',
      false,
    ]);
    expect(withoutOperation?.has('query.operationName')).toBe(false);
    expect(withoutOperation?.get('query.durationMin')).toBe('9s');
    expect(withoutDuration?.has('query.durationMin')).toBe(false);
  });

  it('shows how to send data while no service is known', async () => {
    openApp('', { 'api/v3/services': {} });
    await screen.findByText('No traces yet');
    expect(location.pathname).toBe('/base/search');
    screen.getByText(/OTEL_EXPORTER_OTLP_ENDPOINT=http:\/\/localhost:4318/);
  });

  it('says what the server said when a search fails', async () => {
    const refusal = { error: { httpCode: 400, message: 'malformed parameter query.durationMin' } };
    openApp('search?service=cart', {
      ...SERVICES,
      ...OPERATIONS,
      'api/v3/trace-summaries': Response.json(refusal, { status: 400 }),
    });
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('malformed parameter query.durationMin');
    within(alert).getByText('Try again');
  });
});
