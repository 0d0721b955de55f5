// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { findFaults, LOOKS, runnable, useChromium } from './open-chromium.ts';

const PAYLOAD = '"><img src=x onerror="globalThis.canary=1"><script>globalThis.canary=1</script>';

const link = (parent: string, child: string, callCount: number) => ({ parent, child, callCount });
const LINKS = [
  link('web', 'cart', 1_200),
  link('web', 'mail', 30),
  link('cart', 'db', 4_000_000),
  link('cart', 'cart', 7),
  link('db', 'cart', 1),
  link('mail', PAYLOAD, 2),
];
const way = (stops: string, traceId: string) => ({
  path: stops.split(' ').map((service) => ({ service, operation: `op of ${service}` })),
  attributes: [{ key: 'exemplar_trace_id', value: traceId }],
});
const WAYS = [
  way('edge web cart db disk', 'a1'),
  way('app web cart mail', 'b2'),
  {
    ...way('cart', 'c3'),
    path: [
      { service: 'cart', operation: 'x' },
      { service: PAYLOAD, operation: PAYLOAD },
    ],
  },
];
const ANSWERS = {
  'api/v3/services': { services: ['cart', 'web', PAYLOAD] },
  'api/v3/operations': { operations: [{ name: 'GET /', spanKind: 'server' }] },
  'api/dependencies': { data: LINKS },
  'api/deep-dependencies': { dependencies: WAYS },
};

const VIEWS = [
  { name: 'the architecture', path: 'dependencies', ready: '.graph-node' },
  {
    name: 'the architecture around a service',
    path: 'dependencies?service=cart&uiFind=web',
    ready: '.graph-node',
  },
  { name: 'the architecture by forces', path: 'dependencies?layout=force', ready: '.graph-node' },
  { name: 'the architecture as a table', path: 'dependencies?layout=table', ready: 'tbody tr' },
  { name: 'a service without calls', path: 'dependencies?service=gone', ready: '.big-notice' },
  { name: 'the choice of a service', path: 'deep-dependencies', ready: '.ddg-services li' },
  {
    name: 'deep dependencies',
    path: 'deep-dependencies?service=cart&showOp=1&uiFind=web',
    ready: '.graph-node',
  },
];

describe.runIf(runnable)('graphs of services in Chromium', () => {
  const { open } = useChromium(ANSWERS);

  it.each(VIEWS.flatMap((view) => LOOKS.map((look) => ({ ...view, ...look }))))(
    '$name is accessible and complains about nothing, $theme, $width px wide',
    async ({ path, ready, theme, width }) => {
      const { page, complaints } = await open(path, { theme, width });
      await page.waitForSelector(ready);
      const faults = await findFaults(page);
      expect({ ...faults, complaints }).toEqual({ violations: [], complaints: [], overflow: 0 });
      await page.close();
    },
    30_000,
  );

  it('leaves the graph where it is when a service is chosen', async () => {
    const { page } = await open('dependencies', { width: 1280 });
    await page.waitForSelector('.graph-node');
    const before = await page.locator('.graph-room').boundingBox();
    await page.getByRole('button', { name: /^mail/ }).click();
    await page.waitForSelector('.focal-service');
    expect(await page.locator('.graph-room').boundingBox()).toEqual(before);
    await page.close();
  }, 30_000);

  it('never runs what services are called', async () => {
    for (const path of [
      'dependencies',
      'dependencies?layout=table',
      'deep-dependencies?service=cart',
    ]) {
      const { page, complaints } = await open(path);
      await page.getByText('<script>').first().waitFor({ state: 'attached' });
      expect(await page.evaluate('globalThis.canary')).toBeUndefined();
      expect(await page.locator('body img[onerror], body script').count()).toBe(0);
      expect(complaints).toEqual([]);
      await page.close();
    }
  }, 30_000);

  it('goes through the graph by keyboard alone: to a node, into it, over the graph and out', async () => {
    const { page } = await open('dependencies');
    const surface = page.locator('.graph-surface');
    const transform = (): Promise<string | null> => surface.getAttribute('style');
    await page.waitForSelector('.graph-node');
    await page.locator('.graph-window').focus();
    const whole = await transform();
    for (const key of ['ArrowLeft', 'Shift+ArrowUp', '+', '-']) {
      const before = await transform();
      await page.keyboard.press(key);
      expect(await transform()).not.toBe(before);
    }
    await page.keyboard.press('0');
    expect(await transform()).toBe(whole);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('graph-node');
    await page.keyboard.press('Enter');
    await page.waitForURL(/dependencies\?service=/);
    await page.waitForSelector('.graph-node[data-selected="true"]');
    await page.goBack();
    await page.waitForURL(/dependencies$/);
    await page.close();
  }, 30_000);

  it('brings a node into sight that gets the focus by keyboard', async () => {
    const { page } = await open('dependencies');
    await page.waitForSelector('.graph-node');
    await page.locator('.graph-window').focus();
    for (let i = 0; i < 20; i++) await page.keyboard.press('Shift+ArrowRight');
    const first = page.locator('.graph-node').first();
    const isInSight = async (): Promise<boolean> => {
      const [box, window] = [
        await first.boundingBox(),
        await page.locator('.graph-window').boundingBox(),
      ];
      return box !== null && window !== null && box.x >= window.x && box.y >= window.y;
    };
    expect(await isInSight()).toBe(false);
    await page.keyboard.press('Tab');
    expect(await isInSight()).toBe(true);
    await page.close();
  }, 30_000);

  it('moves by dragging, and does not take the end of a drag for a click', async () => {
    const { page } = await open('dependencies');
    const node = page.locator('.graph-node').first();
    await node.waitFor();
    const before = await node.boundingBox();
    if (before === null) throw new Error('the node is not drawn');
    const [x, y] = [before.x + before.width / 2, before.y + before.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 80, y + 40, { steps: 4 });
    await page.mouse.up();
    const after = await node.boundingBox();
    expect([(after?.x ?? 0) - before.x, (after?.y ?? 0) - before.y]).toEqual([80, 40]);
    expect(page.url()).toMatch(/dependencies$/);
    await page.mouse.wheel(0, -300);
    expect((await node.boundingBox())?.width).toBeGreaterThan(before.width);
    await node.click();
    await page.waitForURL(/service=/);
    await page.close();
  }, 30_000);

  it('opens the menu of a node of the deep graph, hides it, and shows it again by going back', async () => {
    const { page } = await open('deep-dependencies?service=cart');
    await page.getByRole('button', { name: 'web', exact: true }).first().click();
    await page.getByRole('button', { name: 'Hide this and beyond' }).click();
    await page.getByRole('button', { name: 'web', exact: true }).waitFor({ state: 'detached' });
    expect(page.url()).toContain('visEncoding=');
    await page.goBack();
    await page.getByRole('button', { name: 'web', exact: true }).waitFor();
    await page.close();
  }, 30_000);
});

/** A service calls some of those before it. */
function manyLinks(services: number): readonly unknown[] {
  return Array.from({ length: services - 1 }, (_, index) => index + 1).flatMap((child) =>
    [...new Set([Math.floor((child - 1) / 3), (child * 7) % child])].map((parent) =>
      link(`service-${parent}`, `service-${child}`, child),
    ),
  );
}

describe.runIf(runnable)('a large architecture in Chromium', () => {
  const { open } = useChromium(
    { 'api/dependencies': { data: manyLinks(300) } },
    { dependencies: { dagMaxNumServices: 1_000 } },
  );

  it.each(['hierarchical', 'force'])(
    'of 300 services is laid out aside, and never moves afterwards: %s',
    async (layout) => {
      const { page, complaints } = await open('dependencies?layout=table');
      await page.waitForSelector('tbody tr');
      const started: string[] = [];
      page.on('worker', (worker) => started.push(worker.url()));
      await page.getByLabel('View').selectOption(layout);
      await page.waitForSelector('.graph-node');
      const places = (): Promise<readonly string[]> =>
        page.$$eval('.graph-node', (nodes) =>
          nodes.map((node) => node.getAttribute('style') ?? ''),
        );
      const first = await places();
      expect(first).toHaveLength(300);
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
      expect(await places()).toEqual(first);
      expect([started.length, page.workers().length]).toEqual([1, 0]);
      expect(complaints).toEqual([]);
      await page.close();
    },
    30_000,
  );
});
