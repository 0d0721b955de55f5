import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type FixtureSpan, jaegerTrace } from './fixture-trace.ts';
import { openApp } from './open-app.tsx';

const ID = '0af7651916cd43dd8448eb211c80319c';
const SPANS: readonly FixtureSpan[] = [
  {
    id: '01',
    service: 'web',
    operation: 'GET /',
    at: 0,
    duration: 10_000,
    tags: { tenant: 'a b', 'peer.name': 'x', 'http.url': 'https://a.example/x' },
    process: { 'host.name': 'web-0' },
    events: [{ at: 10, fields: { event: 'start' } }],
  },
];
const ANSWERS = {
  'api/v3/services': { services: ['cart'] },
  'api/v3/operations': {},
  'api/v3/trace-summaries': {
    summaries: [
      {
        traceId: ID,
        rootServiceName: 'cart',
        rootOperationName: 'op',
        minStartTimeUnixNano: '1795251600000000000',
        maxEndTimeUnixNano: '1795251600010000000',
        spanCount: 1,
      },
    ],
  },
  [`api/traces/${ID}`]: jaegerTrace(ID, SPANS),
};

async function openSearch(config: unknown, query = ''): Promise<ReturnType<typeof openApp>> {
  const asked = openApp(`search${query}`, ANSWERS, config, {
    searchWithoutServiceName: true,
  });
  await screen.findByText(query.includes('service=') ? '1 trace' : 'Find a trace');
  return asked;
}

async function openTrace(config: unknown, query = ''): Promise<void> {
  openApp(`trace/${ID}${query}`, ANSWERS, config);
  await screen.findByRole('treegrid');
}

const openDetail = (): void => {
  const row = document.querySelector('.timeline-row');
  if (row !== null) fireEvent.click(row);
};

describe('the search page with a configuration', () => {
  it('works with a mistake in it, and complains once, in the console', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    await openSearch({ menu: 'none' });
    expect(warn.mock.calls).toEqual([
      ['The UI configuration has mistakes:\nconfig.menu should be a list'],
    ]);
    warn.mockRestore();
  });

  it('starts with the configured lookback and offers none that is longer', async () => {
    await openSearch({
      search: { defaultLookback: { label: '3 Days', value: '3d' }, maxLookback: { value: '5d' } },
    });
    screen.getByText('A service leads to its traces of the last 3 days.');
    const lookback = screen.getByLabelText<HTMLSelectElement>('Lookback');
    expect(lookback.value).toBe('3d');
    expect([...lookback.options].slice(-4).map(({ text }) => text)).toEqual([
      'Last 2 days',
      'Last 3 days',
      'Last 5 days',
      'Custom range',
    ]);
  });

  it('refuses more traces than the limit, in the form and in the URL', async () => {
    const asked = await openSearch({ search: { maxLimit: 50 } }, '?service=cart&limit=51');
    expect(asked.get('api/v3/trace-summaries')?.[0]?.get('query.searchDepth')).toBe('20');
    fireEvent.change(screen.getByLabelText('Limit'), { target: { value: '51' } });
    fireEvent.click(screen.getByText('Find traces'));
    screen.getByText('A whole number from 1 to 50.');
  });

  it('ends a lookback earlier by the adjustment, unless that is switched off', async () => {
    const now = vi.spyOn(Date, 'now').mockReturnValue(1_795_251_600_000);
    const end = (): number => Number(new URLSearchParams(location.search).get('end'));
    await openSearch({ search: { adjustEndTime: '2m' } });
    fireEvent.click(screen.getByText('Find traces'));
    expect(end()).toBe(1_795_251_480_000_000);
    fireEvent.click(screen.getByLabelText('Leave out the last 2m'));
    fireEvent.click(screen.getByText('Find traces'));
    expect(end()).toBe(1_795_251_600_000_000);
    now.mockRestore();
  });

  it('shows as much of a trace id as configured', async () => {
    await openSearch({ traceIdDisplayLength: 12 }, '?service=cart');
    expect(document.querySelector('.result-id')?.textContent).toBe('0af7651916cd');
  });
});

describe('the bar with a configuration', () => {
  const menu = [
    { label: 'Runbook', url: 'https://runbook.example/' },
    {
      label: 'Help',
      items: [{ label: 'Chat', url: 'mailto:sre@example.com', anchorTarget: '_self' }],
    },
  ];

  it('has the configured links and groups, and tells the version', async () => {
    await openSearch({ menu });
    const nav = within(screen.getByRole('navigation', { name: 'Main' }));
    const runbook = nav.getByText('Runbook');
    expect([runbook.getAttribute('href'), runbook.getAttribute('target')]).toEqual([
      'https://runbook.example/',
      '_blank',
    ]);
    const group = nav.getByText('Help').closest('details');
    fireEvent.click(nav.getByText('Help'));
    await waitFor(() => {
      expect(group?.open).toBe(true);
    });
    expect(nav.getByText('Chat').hasAttribute('target')).toBe(false);
    fireEvent.pointerDown(document.body);
    expect(group?.open).toBe(false);
    screen.getByText('Version v1.2.3');
  });

  it('opens no new page when that is forbidden', async () => {
    await openSearch({ menu, forbidNewPage: true });
    expect(screen.getAllByText('Runbook')[0]?.hasAttribute('target')).toBe(false);
  });

  it('keeps to the light theme when themes are off', async () => {
    await openSearch({ themes: { enabled: false } });
    expect(screen.queryByRole('group', { name: 'Theme' })).toBeNull();
    expect(document.documentElement.dataset['theme']).toBe('light');
  });
});

describe('the trace page with a configuration', () => {
  it('links attributes and the trace by pattern', async () => {
    await openTrace({
      linkPatterns: [
        { type: 'tags', key: 'tenant', url: 'https://t/#{tenant}', text: 'Tenant #{tenant}' },
        { type: 'resource', key: ['host.name'], url: '/hosts/#{host.name}', text: 'Host' },
        {
          type: 'logs',
          url: '/at/#{trace.startTime | epoch_micros_to_date_iso}',
          text: 'At that time',
        },
        { type: 'traces', url: '/all/#{traceID}', text: 'Everything' },
      ],
    });
    openDetail();
    const href = (words: string): string | null | undefined =>
      screen.getByText(words).closest('a')?.getAttribute('href');
    expect(['Tenant a b', 'Host', 'At that time', 'Everything'].map(href)).toEqual([
      'https://t/a%20b',
      '/hosts/web-0',
      '/at/2026-11-21T09%3A00%3A00.000Z',
      `/all/${ID}`,
    ]);
    expect(document.querySelectorAll('.pattern-links a')).toHaveLength(4);
  });

  it('puts attributes of the configured prefixes first', async () => {
    await openTrace({ topTagPrefixes: ['http.', 'peer.'] });
    openDetail();
    const table = screen.getByRole('table', { name: 'Attributes' });
    expect([...table.querySelectorAll('th')].map((key) => key.textContent)).toEqual([
      'http.url',
      'peer.name',
      'tenant',
    ]);
  });

  it('speaks of tags, process and logs on request', async () => {
    await openTrace({ useOpenTelemetryTerms: false });
    openDetail();
    const titles = [...document.querySelectorAll('.span-section summary')];
    expect(titles.map((title) => title.textContent)).toEqual(['Tags 3', 'Process 1', 'Logs 1']);
  });

  it('leaves out the critical path and the JSON on request', async () => {
    await openTrace({});
    expect(document.querySelectorAll('.timeline-critical, .critical-shares')).toHaveLength(2);
    screen.getByText('Trace JSON');
    await openTrace({ criticalPathEnabled: false, disableJsonView: true });
    expect(document.querySelectorAll('.timeline-critical, .critical-shares')).toHaveLength(0);
    expect(screen.queryByText('Trace JSON')).toBeNull();
  });

  it('remembers the width of the names', async () => {
    await openTrace({});
    const handle = screen.getByRole('separator', { name: 'Width of the name column' });
    expect(handle.getAttribute('aria-valuenow')).toBe('36');
    fireEvent.keyDown(handle, { key: 'ArrowRight' });
    expect(handle.getAttribute('aria-valuenow')).toBe('38');
    expect(localStorage.getItem('jaeger-ui-name-width')).toBe('0.380');
  });
});

describe('embedded in another page', () => {
  beforeEach(() => {
    localStorage.clear();
  });

  it('has no bar and no form, and no plot on request', async () => {
    await openSearch({}, '?service=cart&uiEmbed=v0');
    expect(document.querySelector('.header, .search-form')).toBeNull();
    expect(document.querySelector('.scatter-plot')).not.toBeNull();
    await openSearch({}, '?service=cart&uiEmbed=v0&uiSearchHideGraph=1');
    expect(document.querySelector('.scatter-plot')).toBeNull();
  });

  it('hides parts of a trace on request and opens it in a page of its own', async () => {
    await openTrace({}, '?uiEmbed=v0&uiTimelineHideMinimap=1&uiTheme=dark');
    expect(document.querySelector('.minimap')).toBeNull();
    expect(document.querySelector('.trace-facts')).not.toBeNull();
    expect(document.documentElement.dataset['theme']).toBe('dark');
    expect(localStorage.getItem('jaeger-ui-theme')).toBeNull();
    const alone = screen.getByLabelText('Open in a page of its own');
    expect(alone.getAttribute('href')).toBe(`trace/${ID}`);
    await openTrace({}, '?uiEmbed=v0&uiTimelineHideSummary=1');
    expect(document.querySelector('.trace-facts')).toBeNull();
    expect(document.querySelector('.minimap')).not.toBeNull();
  });

  it('starts with the title alone on request', async () => {
    await openTrace({}, '?uiEmbed=v0&uiTimelineCollapseTitle=1');
    expect(document.querySelector('.trace-facts, .minimap')).toBeNull();
    fireEvent.click(screen.getByLabelText('Show the summary'));
    expect(document.querySelectorAll('.trace-facts, .minimap')).toHaveLength(2);
  });

  it('means nothing without its version', async () => {
    await openTrace({}, '?uiTimelineHideMinimap=1');
    expect(document.querySelector('.header')).not.toBeNull();
    expect(document.querySelector('.minimap')).not.toBeNull();
  });
});
