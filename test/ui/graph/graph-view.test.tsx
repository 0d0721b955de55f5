import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type GraphEdge,
  type GraphNode,
  GraphView,
} from '../../../src/ui/components/graph/graph-view.tsx';

interface Box extends GraphNode {
  readonly text: string;
}

const box = (id: string): Box => ({ id, text: `${id}!`, width: 100, height: 40 });
const NODES = ['web', 'cart', 'db'].map(box);
const EDGES: readonly GraphEdge[] = [
  { from: 'web', to: 'cart', label: '12', weight: 12 },
  { from: 'cart', to: 'db', title: 'cart asks db 3 times' },
  { from: 'cart', to: 'gone' },
];

beforeEach(() => {
  cleanup();
  vi.stubGlobal('ResizeObserver', function () {
    return { observe: () => undefined, disconnect: () => undefined };
  });
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(1000);
});

function graph(nodes: readonly Box[] = NODES, onNode?: (id: string) => void) {
  return (
    <GraphView
      label="Who calls whom"
      layout="layered"
      nodes={nodes}
      edges={EDGES}
      renderNode={({ text }) => <b>{text}</b>}
      nodeLabel={({ id }) => id}
      selected="web"
      emphasized={new Set(['db'])}
      {...(onNode && { onNode })}
    />
  );
}

function show(nodes?: readonly Box[], onNode?: (id: string) => void) {
  const client = new QueryClient();
  const wrap = (inner: ReturnType<typeof graph>) => (
    <QueryClientProvider client={client}>{inner}</QueryClientProvider>
  );
  const { rerender } = render(wrap(graph(nodes, onNode)));
  return (later: readonly Box[]) => {
    rerender(wrap(graph(later, onNode)));
  };
}

const surface = (): HTMLElement | null => document.querySelector('.graph-surface');

describe('a graph', () => {
  it('draws its nodes, says which is chosen, and tells of the click on one', async () => {
    const opened: string[] = [];
    show(NODES, (id) => opened.push(id));
    const web = await screen.findByRole('button', { name: 'web!' });
    expect(web.getAttribute('aria-current')).toBe('true');
    expect(web.textContent).toBe('web!');
    const db = screen.getByRole('button', { name: 'db!' });
    expect(db.dataset['emphasized']).toBe('true');
    fireEvent.click(db);
    expect(opened).toEqual(['db']);
  });

  it('says its connections in words, and leaves out those that lead nowhere', async () => {
    show();
    const list = await screen.findByRole('list', { name: '2 connections' });
    expect([...list.children].map((item) => item.textContent)).toEqual([
      'web to cart: 12',
      'cart asks db 3 times',
    ]);
    expect(document.querySelectorAll('.graph-edge')).toHaveLength(2);
  });

  it('moves and zooms by keys and buttons, and shows everything again', async () => {
    show();
    const window = await screen.findByRole('group', { name: 'Who calls whom' });
    const whole = surface()?.style.transform;
    fireEvent.keyDown(window, { key: 'ArrowRight' });
    expect(surface()?.style.transform).not.toBe(whole);
    fireEvent.keyDown(window, { key: '0' });
    expect(surface()?.style.transform).toBe(whole);
    fireEvent.click(screen.getByRole('button', { name: 'Zoom in' }));
    expect(surface()?.style.transform).toMatch(/scale\(1\.25\)$/);
    fireEvent.keyDown(window, { key: '-' });
    fireEvent.click(screen.getByRole('button', { name: 'Show everything' }));
    expect(surface()?.style.transform).toBe(whole);
  });

  it('begins with a readable part of many nodes, and shows everything when asked to', async () => {
    const many = Array.from({ length: 60 }, (_, i) => box(`n${i}`));
    show([...NODES, ...many]);
    const window = await screen.findByRole('group', { name: 'Who calls whom' });
    const begun = surface()?.style.transform;
    expect(begun).toMatch(/scale\(0\.75\)$/);
    fireEvent.keyDown(window, { key: '0' });
    const whole = surface()?.style.transform ?? '';
    expect(Number(/scale\((.*)\)/.exec(whole)?.[1])).toBeLessThan(0.5);
    fireEvent.keyDown(window, { key: '0' });
    expect(surface()?.style.transform).toBe(begun);
  });

  it('points downwards where it is narrow', async () => {
    const height = async (): Promise<number> => {
      await screen.findByText('web!');
      return Number.parseFloat(surface()?.style.height ?? '');
    };
    show();
    const wide = await height();
    cleanup();
    vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(400);
    show();
    expect(await height()).toBeGreaterThan(wide * 2);
  });

  it('keeps the old drawing until the next one is laid out', async () => {
    const showOthers = show();
    await screen.findByText('web!');
    showOthers([...NODES, box('mail')]);
    expect(screen.getByText('web!')).toBeDefined();
    await screen.findByText('mail!');
  });
});
