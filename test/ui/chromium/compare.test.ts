// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { type FixtureSpan, jaegerTrace } from '../fixture-trace.ts';
import { findFaults, LOOKS, runnable, useChromium } from './open-chromium.ts';

const PAYLOAD = '"><img src=x onerror="globalThis.canary=1"><script>globalThis.canary=1</script>';
const id = (n: number): string => n.toString(16).padStart(32, 'a');

/** A page that calls services with so many different operations. */
function trace(n: number, operations: number, more: readonly FixtureSpan[] = []): unknown {
  return jaegerTrace(id(n), [
    { id: '01', service: 'web', operation: 'GET /', at: 0, duration: 1_000 + n },
    ...Array.from({ length: operations }, (_, i): FixtureSpan => ({
      ...{ id: `1${i}`, parent: i === 0 ? '01' : `1${Math.floor((i - 1) / 3)}` },
      ...{ service: `service-${i % 7}`, operation: `a rather long operation ${i}`, at: i },
      duration: 100 * n,
    })),
    ...more,
  ]);
}

const HOSTILE: FixtureSpan = {
  ...{ id: '2', parent: '01', service: PAYLOAD, operation: PAYLOAD, at: 1, duration: 1 },
};
const GROUP_A = Array.from({ length: 6 }, (_, i) => 10 + i);
const GROUP_B = Array.from({ length: 6 }, (_, i) => 30 + i);
const ANSWERS = {
  'api/v3/services': { services: ['web'] },
  'api/v3/trace-summaries': { summaries: GROUP_A.map((n) => ({ traceId: id(n) })) },
  [`api/traces/${id(1)}`]: trace(1, 12),
  [`api/traces/${id(2)}`]: trace(2, 20, [{ ...HOSTILE, tags: { error: true } }]),
  [`api/traces/${id(3)}`]: trace(3, 1_500),
  ...Object.fromEntries([...GROUP_A, ...GROUP_B].map((n) => [`api/traces/${id(n)}`, trace(n, 12)])),
};
const PAIR = `trace/${id(1)}...${id(2)}?cohort=${id(1)}&cohort=${id(2)}&cohort=${id(99)}`;
const named = (side: string, group: readonly number[]): string =>
  group.map((n) => `&${side}=${id(n)}`).join('');
const GROUPS = `trace/...?${named('a', GROUP_A)}${named('b', GROUP_B)}`;
const SEARCH = `trace/...?searchA=${encodeURIComponent('service=web&limit=6')}${named('b', GROUP_B)}`;

const VIEWS = [
  { name: 'nothing chosen', path: 'trace/...', ready: '.search-form' },
  { name: 'one trace chosen', path: `trace/${id(1)}...`, ready: '.side-card strong' },
  { name: 'two traces', path: PAIR, ready: '.diff-box' },
  { name: 'two traces as a table', path: `${PAIR}&view=table`, ready: '.diff-path' },
  { name: 'two groups', path: `${GROUPS}&by=duration`, ready: '.diff-box' },
  { name: 'two groups as a table', path: `${GROUPS}&view=table`, ready: '.diff-path' },
  { name: 'a search and a group', path: `${SEARCH}&by=errors`, ready: '.diff-box' },
];

describe.runIf(runnable)('comparing traces in Chromium', () => {
  const { open } = useChromium(ANSWERS, { traceDiff: { helpLink: 'https://wiki.example/' } });

  it.each(VIEWS.flatMap((view) => LOOKS.map((look) => ({ ...view, ...look }))))(
    '$name: accessible and without a complaint, $theme, $width px wide',
    async ({ path, ready, ...look }) => {
      const { page, complaints } = await open(path, look);
      await page.locator(ready).first().waitFor();
      expect(await findFaults(page)).toEqual({ violations: [], overflow: 0 });
      expect(await page.evaluate('globalThis.canary')).toBe(undefined);
      expect(complaints).toEqual([]);
      await page.close();
    },
    60_000,
  );

  it('is all there by keyboard: choose, tick, look at a path and leave it', async () => {
    const { page } = await open(PAIR);
    await page.getByRole('button', { name: 'Choose traces' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('checkbox', { name: `A: ${id(2)}` }).focus();
    await page.keyboard.press('Space');
    await page.waitForURL((url) => url.searchParams.get('a') === id(2));
    await page.getByText('2 traces').first().waitFor();
    await page.locator('.graph-node').first().focus();
    await page.keyboard.press('Enter');
    const panel = page.getByRole('region', { name: 'Path', exact: true });
    await panel.getByText('Do the groups differ?').waitFor();
    expect(await findFaults(page)).toEqual({ violations: [], overflow: 0 });
    await page.getByRole('button', { name: 'Close the details of the path' }).focus();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    await page.close();
  }, 60_000);

  it('draws what changes most of a trace with very many paths, and has all in its table', async () => {
    const { page, complaints } = await open(`trace/${id(1)}...${id(3)}`);
    await page.getByText('The graph has the 400 paths that change most, of 1501').waitFor();
    await page.locator('.diff-box').first().waitFor();
    expect(await page.locator('.diff-box').count()).toBe(400);
    await page.getByLabel('View').selectOption('table');
    await page.locator('.diff-path').first().waitFor();
    expect(await page.locator('table').getAttribute('aria-rowcount')).toBe('1502');
    expect(complaints).toEqual([]);
    await page.close();
  }, 60_000);
});
