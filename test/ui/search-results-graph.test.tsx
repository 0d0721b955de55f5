import { configure, fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { openApp } from './open-app.tsx';

// Laying out takes its time on a machine with much to do.
configure({ asyncUtilTimeout: 10_000 });
vi.setConfig({ testTimeout: 30_000 });

const TRACES = 120;

const summary = (index: number) => ({
  traceId: (index + 1).toString(16).padStart(32, '0'),
  rootServiceName: 'web',
  rootOperationName: 'GET /',
  minStartTimeUnixNano: '1795251600000000000',
  maxEndTimeUnixNano: '1795251601000000000',
  spanCount: 2,
  services: [
    { name: 'web', spanCount: 1 },
    { name: 'cart', spanCount: 1 },
  ],
});
const ANSWERS = {
  'api/v3/services': { services: ['cart', 'web'] },
  'api/v3/operations': { operations: [] },
  'api/v3/trace-summaries': { summaries: Array.from({ length: TRACES }, (_, i) => summary(i)) },
  'api/deep-dependencies': {
    dependencies: [
      {
        path: [
          { service: 'web', operation: 'GET /' },
          { service: 'cart', operation: 'Get' },
        ],
        attributes: [{ key: 'exemplar_trace_id', value: '1' }],
      },
    ],
  },
};
const SEARCH = 'search?service=cart&limit=200&lookback=1h&view=ddg';

const names = (): readonly (string | null)[] =>
  [...document.querySelectorAll('.service-box-name')].map(({ textContent }) => textContent);

describe('the deep dependency graph of search results', () => {
  it('is made of the traces that were found, as many at a time as an address holds', async () => {
    const asked = openApp(SEARCH, ANSWERS);
    await waitFor(() => {
      expect(names()).toEqual(['cart', 'web']);
    });
    const requests = asked.get('api/deep-dependencies') ?? [];
    expect(requests.map((query) => [query.get('service'), query.getAll('traceID').length])).toEqual(
      [
        ['cart', 100],
        ['cart', 20],
      ],
    );
  });

  it('keeps the search in the address when it is looked at in another way', async () => {
    openApp(SEARCH, ANSWERS);
    await waitFor(() => {
      expect(names()).toHaveLength(2);
    });
    fireEvent.click(screen.getByLabelText('Show operations'));
    expect(location.search).toBe('?service=cart&limit=200&lookback=1h&view=ddg&showOp=1');
    fireEvent.click(await screen.findByRole('button', { name: 'web GET /' }));
    fireEvent.click(screen.getByText('Set as focus'));
    const url = new URLSearchParams(location.search);
    expect([url.get('service'), url.get('focusService'), url.get('focusOperation')]).toEqual([
      'cart',
      'web',
      'GET /',
    ]);
  });

  it('is around the first service that was found when all were searched', async () => {
    const asked = openApp(
      'search?lookback=1h&limit=20&view=ddg',
      ANSWERS,
      {},
      { searchWithoutServiceName: true },
    );
    await waitFor(() => {
      expect(names()).toHaveLength(2);
    });
    expect(asked.get('api/deep-dependencies')?.[0]?.get('service')).toBe('cart');
  });

  it('says so when no trace passes the focus', async () => {
    openApp(`${SEARCH}&focusService=gone`, {
      ...ANSWERS,
      'api/deep-dependencies': { dependencies: [] },
    });
    await screen.findByText('None of these traces passes gone.');
  });
});
