import { fireEvent, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { jaegerTrace } from './fixture-trace.ts';
import { openApp } from './open-app.tsx';

const ID = '0af7651916cd43dd8448eb211c80319c';

/** The cell of the attribute `big`. */
async function openValue(value: string): Promise<HTMLElement> {
  const span = { id: '01', service: 'web', operation: 'GET', at: 0, duration: 9 };
  const trace = jaegerTrace(ID, [{ ...span, tags: { big: value } }]);
  openApp(`trace/${ID}?uiFind=01`, { [`api/traces/${ID}`]: trace });
  const key = await screen.findByRole('rowheader', { name: 'big' });
  const cell = key.closest('tr')?.querySelector('td');
  if (cell === null || cell === undefined) throw new Error('the attribute has no value');
  return cell;
}

describe('a value that is too long to be drawn at once', () => {
  it.each([
    { of: 'one line', value: 'x'.repeat(1_000_000), size: '1 MB', shown: 4_000, pieces: 250 },
    { of: 'many lines', value: 'four\n'.repeat(5_000), size: '25 kB', shown: 300, pieces: 84 },
  ])('is cut when it is $of, and shown in pieces when asked', async (example) => {
    const cell = await openValue(example.value);
    expect(cell.querySelector('bdi')?.textContent).toHaveLength(example.shown);
    fireEvent.click(within(cell).getByText(`Show all (${example.size})`));
    const whole = within(cell).getByRole('group', { name: 'The whole value' });
    expect(whole.children).toHaveLength(example.pieces);
    expect(whole.textContent).toBe(example.value);
    screen.getByRole('button', { name: 'Copy big' });
  });

  it('is a short tree when it is JSON, and cut as text as well', async () => {
    const items = Array.from({ length: 5_000 }, (_, id) => ({ id, name: `item ${id}` }));
    const cell = await openValue(JSON.stringify(items));
    expect(cell.querySelectorAll('li')).toHaveLength(101);
    fireEvent.click(within(cell).getByRole('button', { name: 'Text' }));
    expect(cell.querySelector('bdi')?.textContent.split('\n').length).toBeLessThanOrEqual(61);
    within(cell).getByText(/^Show all \(.*kB\)$/);
  });
});
