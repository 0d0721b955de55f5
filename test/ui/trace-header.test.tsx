import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { type FixtureSpan, jaegerTrace } from './fixture-trace.ts';
import { rememberArchived, wasArchived } from '../../src/ui/pages/trace/archived-traces.ts';
import { openApp } from './open-app.tsx';

const ID = '0af7651916cd43dd8448eb211c80319c';
const SPANS: readonly FixtureSpan[] = [
  { id: '01', service: 'web', operation: 'GET /', at: 0, duration: 10_000 },
  { id: '02', parent: '01', service: 'cart', operation: 'GetCart', at: 1_000, duration: 4_000 },
];
const WITH_ARCHIVE = { archiveStorage: true };

async function openTrace(
  options: {
    readonly search?: string;
    readonly config?: unknown;
    readonly answers?: Record<string, unknown>;
    readonly capabilities?: typeof WITH_ARCHIVE;
  } = {},
): Promise<ReturnType<typeof openApp>> {
  const { search = '', config, answers, capabilities } = options;
  const asked = openApp(
    `trace/${ID}${search}`,
    { [`api/traces/${ID}`]: jaegerTrace(ID, SPANS), ...answers },
    config,
    capabilities,
  );
  await screen.findByRole('treegrid');
  return asked;
}

const hrefOf = (name: string): string | null => screen.getByText(name).getAttribute('href');

describe('the menu of views', () => {
  it('links to each view with what else the address says, and to the JSON', async () => {
    await openTrace({ search: '?uiFind=cart' });
    expect(screen.getByText('Timeline', { selector: 'a' }).getAttribute('aria-current')).toBe(
      'true',
    );
    expect(hrefOf('Statistics')).toBe(`trace/${ID}?uiFind=cart&view=statistics`);
    expect(hrefOf('Trace JSON')).toBe(`api/traces/${ID}?prettyPrint=true`);
    expect(hrefOf('Trace JSON (unadjusted)')).toBe(`api/traces/${ID}?prettyPrint=true&raw=true`);
    expect(screen.getByText('Download JSON').getAttribute('download')).toBe(`trace-${ID}.json`);
  });

  it('leaves the JSON out when the configuration says so', async () => {
    await openTrace({ config: { disableJsonView: true } });
    screen.getByText('Statistics');
    expect(screen.queryByText('Trace JSON')).toBeNull();
    expect(screen.queryByText('Download JSON')).toBeNull();
  });

  it('shows the view of the address, in which the keys of the timeline do nothing', async () => {
    openApp(`trace/${ID}?view=spans`, { [`api/traces/${ID}`]: jaegerTrace(ID, SPANS) });
    await screen.findByLabelText('View: Spans table');
    expect(screen.queryByRole('treegrid', { name: 'Spans of the trace' })).toBeNull();
    fireEvent.keyDown(document.body, { key: 'j' });
    fireEvent.keyDown(document.body, { key: 'b', ctrlKey: true });
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Find in trace');
  });

  it('shows the timeline for a view that there is not', async () => {
    await openTrace({ search: '?view=nonsense' });
    screen.getByLabelText('View: Timeline');
  });
});

describe('archiving', () => {
  it('keeps the trace for good and says so until that is closed', async () => {
    const asked = await openTrace({
      answers: { [`api/archive/${ID}`]: { data: [] } },
      capabilities: WITH_ARCHIVE,
    });
    fireEvent.click(screen.getByLabelText('Archive trace'));
    await screen.findByText('The trace is in the archive: no retention deletes it there.');
    expect(asked.get(`api/archive/${ID}`)).toHaveLength(1);
    fireEvent.click(screen.getByLabelText('Close'));
    await waitFor(() => {
      expect(screen.queryByText(/is in the archive/)).toBeNull();
    });
    screen.getByLabelText('In the archive: archive once more');
    expect(wasArchived(localStorage, ID)).toBe(true);
  });

  it('is remembered by the browser, for the latest traces', () => {
    localStorage.clear();
    expect(wasArchived(localStorage, ID)).toBe(false);
    for (const id of [ID, ...Array.from({ length: 199 }, (_, i) => `${i}`)]) {
      rememberArchived(localStorage, id);
    }
    expect([wasArchived(localStorage, ID), wasArchived(localStorage, '198')]).toEqual([true, true]);
    rememberArchived(localStorage, 'last');
    expect([wasArchived(localStorage, ID), wasArchived(localStorage, '0')]).toEqual([false, true]);
  });

  it('says why it failed', async () => {
    const answer = Response.json(
      { data: null, errors: [{ code: 500, msg: 'the archive is full' }] },
      { status: 500 },
    );
    await openTrace({
      answers: { [`api/archive/${ID}`]: answer },
      capabilities: WITH_ARCHIVE,
    });
    fireEvent.click(screen.getByLabelText('Archive trace'));
    await screen.findByText('The trace could not be archived.');
    screen.getByText('The query service answered 500: the archive is full');
  });

  it.each([
    ['a storage without an archive', {}],
    [
      'a configuration that forbids it',
      { capabilities: WITH_ARCHIVE, config: { archiveEnabled: false } },
    ],
    ["another page's frame", { capabilities: WITH_ARCHIVE, search: '?uiEmbed=v0' }],
  ])('is not offered by %s', async (_, options) => {
    await openTrace(options);
    expect(screen.queryByLabelText('Archive trace')).toBeNull();
  });
});

describe('the settings of the timeline', () => {
  it('take the bars away', async () => {
    await openTrace();
    fireEvent.click(screen.getByLabelText('Show timeline bars'));
    expect(document.querySelectorAll('.timeline-lane')).toHaveLength(0);
    expect(document.querySelectorAll('.timeline-row')).toHaveLength(2);
  });

  it('show details beside the timeline, of the root until a span is chosen', async () => {
    await openTrace();
    fireEvent.click(screen.getByLabelText('Span details in a side panel'));
    const panel = within(screen.getByRole('region', { name: 'Span details' }));
    panel.getByRole('heading', { name: 'GET /' });
    fireEvent.keyDown(document.body, { key: 'j' });
    fireEvent.keyDown(document.body, { key: 'j' });
    panel.getByRole('heading', { name: 'GetCart' });
    expect(document.querySelectorAll('.timeline-detail')).toHaveLength(0);
    fireEvent.click(screen.getByLabelText('Hide: Span details'));
    expect(
      screen.getByRole('button', { name: 'Show: Span details' }).getAttribute('aria-expanded'),
    ).toBe('false');
  });

  it('start as configured', async () => {
    await openTrace({ config: { traceTimeline: { defaultDetailPanelMode: 'sidepanel' } } });
    screen.getByRole('region', { name: 'Span details' });
  });

  it('have no side panel where the configuration takes it away', async () => {
    const traceTimeline = { enableSidePanel: false, defaultDetailPanelMode: 'sidepanel' };
    await openTrace({ config: { traceTimeline } });
    expect(screen.queryByLabelText('Span details in a side panel')).toBeNull();
    expect(screen.queryByRole('region', { name: 'Span details' })).toBeNull();
  });
});

it("leads out of another page's frame to the same thing", async () => {
  await openTrace({ search: '?uiEmbed=v0&uiTimelineHideMinimap=1&uiFind=cart' });
  expect(screen.getByLabelText('Open in a page of its own').getAttribute('href')).toBe(
    `trace/${ID}?uiFind=cart`,
  );
});

it('takes an id in capital letters', async () => {
  openApp(`trace/${ID.toUpperCase()}`, {
    [`api/traces/${ID.toUpperCase()}`]: jaegerTrace(ID, SPANS),
  });
  await screen.findByRole('treegrid');
});

it('shows the part of a short id that tells it apart, and hands the whole to other systems', async () => {
  const padded = '00000000000000cd';
  openApp(
    'trace/CD',
    { 'api/traces/CD': jaegerTrace(padded, SPANS) },
    {
      linkPatterns: [
        { type: 'traces', url: 'https://logs/#{traceID}', text: 'Logs of #{traceID}' },
      ],
    },
  );
  await screen.findByRole('treegrid');
  screen.getByText('00000cd');
  const link = screen.getByRole('link', { name: `Logs of ${padded}` });
  expect(link.getAttribute('href')).toBe(`https://logs/${padded}`);
});
