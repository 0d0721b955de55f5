import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Column, DataTable, type SortChoice } from '../../src/ui/components/data-table.tsx';

interface Fruit {
  readonly name: string;
  readonly count: number;
}

const COLUMNS: readonly Column<Fruit>[] = [
  { id: 'name', title: 'Name', cell: ({ name }) => name, sortValue: ({ name }) => name },
  {
    id: 'count',
    title: 'Count',
    hint: 'How many there are',
    cell: ({ count }) => <button type="button">{count}</button>,
    sortValue: ({ count }) => count,
    align: 'end',
  },
  { id: 'note', title: 'Note', cell: () => 'a note' },
];
const FRUIT: readonly Fruit[] = [
  { name: 'pear', count: 3 },
  { name: 'apple', count: 20 },
  { name: 'fig', count: 3 },
];
const MANY = Array.from({ length: 100_000 }, (_, count): Fruit => ({ name: `f-${count}`, count }));

function show(
  rows: readonly Fruit[],
  more: {
    sort?: SortChoice;
    onSort?: (sort: SortChoice) => void;
    onRow?: (row: Fruit) => void;
  } = {},
): void {
  render(
    <DataTable
      caption="Fruit"
      columns={COLUMNS}
      rows={rows}
      rowKey={({ name }) => name}
      rowMark={({ name }) => (name === 'fig' ? 'found' : undefined)}
      empty="No fruit."
      {...more}
    />,
  );
}

const names = (): (string | null)[] =>
  [...document.querySelectorAll('tbody tr[data-index] td:first-child')].map(
    (cell) => cell.textContent,
  );
const rowAt = (index: number): HTMLElement => {
  const row = document.querySelector<HTMLElement>(`tr[data-index="${index}"]`);
  if (row === null) throw new Error(`no row ${index}`);
  return row;
};

describe('a data table', () => {
  beforeEach(() => {
    cleanup();
    vi.restoreAllMocks();
    vi.stubGlobal('ResizeObserver', function () {
      return { observe: vi.fn(), unobserve: vi.fn(), disconnect: vi.fn() };
    });
    // jsdom lays nothing out.
    vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
    vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(32);
    Element.prototype.scrollTo = vi.fn();
  });

  it('shows the rows as they come, named for screen readers', () => {
    show(FRUIT);
    expect(names()).toEqual(['pear', 'apple', 'fig']);
    expect(screen.getByRole('table', { name: 'Fruit' }).getAttribute('aria-rowcount')).toBeNull();
    expect(screen.getByRole('columnheader', { name: 'Count' }).title).toBe('How many there are');
    expect(rowAt(2).dataset['mark']).toBe('found');
  });

  it('orders by a column: texts from the first, numbers from the largest, then the other way', () => {
    show(FRUIT);
    fireEvent.click(screen.getByRole('button', { name: 'Name' }));
    expect(names()).toEqual(['apple', 'fig', 'pear']);
    fireEvent.click(screen.getByRole('button', { name: 'Count' }));
    expect(names()).toEqual(['apple', 'pear', 'fig']);
    const sortOf = (name: string): string | null =>
      screen.getByRole('columnheader', { name }).getAttribute('aria-sort');
    expect([sortOf('Name'), sortOf('Count'), sortOf('Note')]).toEqual(['none', 'descending', null]);
    fireEvent.click(screen.getByRole('button', { name: 'Count' }));
    expect(names()).toEqual(['pear', 'fig', 'apple']);
    expect(sortOf('Count')).toBe('ascending');
    expect(screen.queryByRole('button', { name: 'Note' })).toBeNull();
  });

  it('leaves the order to its owner when there is one', () => {
    const onSort = vi.fn();
    show(FRUIT, { sort: { column: 'name', descending: true }, onSort });
    expect(names()).toEqual(['pear', 'fig', 'apple']);
    fireEvent.click(screen.getByRole('button', { name: 'Name' }));
    expect(onSort).toHaveBeenCalledWith({ column: 'name', descending: false });
    expect(names()).toEqual(['pear', 'fig', 'apple']);
  });

  it('says so when there are no rows', () => {
    show([]);
    expect(screen.getByText('No fruit.')).toBeTruthy();
  });

  it('chooses a row by click and by key, and leaves its buttons alone', () => {
    const onRow = vi.fn();
    show(FRUIT, { onRow });
    fireEvent.click(rowAt(1));
    expect(onRow.mock.lastCall).toEqual([FRUIT[1]]);
    fireEvent.click(screen.getAllByRole('button', { name: '3' })[0] ?? document.body);
    expect(onRow).toHaveBeenCalledTimes(1);

    expect([0, 1, 2].map((index) => rowAt(index).tabIndex)).toEqual([0, -1, -1]);
    rowAt(0).focus();
    fireEvent.keyDown(rowAt(0), { key: 'End' });
    expect(document.activeElement).toBe(rowAt(2));
    fireEvent.keyDown(rowAt(2), { key: 'ArrowUp' });
    expect(document.activeElement).toBe(rowAt(1));
    expect([0, 1, 2].map((index) => rowAt(index).tabIndex)).toEqual([-1, 0, -1]);
    fireEvent.keyDown(rowAt(1), { key: 'Enter' });
    expect(onRow.mock.lastCall).toEqual([FRUIT[1]]);
  });

  it('keeps only the rows in sight of a hundred thousand', () => {
    show(MANY);
    expect(names().length).toBeGreaterThan(10);
    expect(names().length).toBeLessThan(60);
    expect(screen.getByRole('table').getAttribute('aria-rowcount')).toBe('100001');
    expect(rowAt(3).getAttribute('aria-rowindex')).toBe('5');
    fireEvent.click(screen.getByRole('button', { name: 'Count' }));
    expect(names()[0]).toBe('f-99999');
  });
});
