import { fireEvent, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { openApp } from './open-app.tsx';

const LONG = '0af7651916cd43dd8448eb211c80319c';
const ANSWERS = { 'api/v3/services': { services: [] } };

async function openBar(config: unknown = {}): Promise<void> {
  openApp('search', ANSWERS, config);
  await screen.findByRole('main');
}

describe('the box for a trace id', () => {
  const type = (words: string): void => {
    const input = screen.getByRole('textbox', { name: 'Open a trace by its id' });
    fireEvent.change(input, { target: { value: words } });
    fireEvent.submit(input);
  };

  it('refuses what is none', async () => {
    await openBar();
    type('xyz');
    screen.getByText('A trace id is 1 to 32 hexadecimal digits.');
    expect(location.pathname).toBe('/base/search');
  });

  it('opens the trace, whatever was copied with the id', async () => {
    await openBar();
    type(' ABC123 ');
    expect(location.pathname).toBe('/base/trace/0000000000abc123');
    type(`https://jaeger.example/trace/${LONG}`);
    expect(location.pathname).toBe(`/base/trace/${LONG}`);
    await screen.findByText('This trace is not here');
  });

  it('goes to the span that a header names', async () => {
    await openBar();
    type(`00-${LONG}-b7ad6b7169203331-01`);
    expect(location.pathname + location.search).toBe(`/base/trace/${LONG}?uiFind=b7ad6b7169203331`);
  });
});

describe('the settings', () => {
  const choice = (group: string, option: string): HTMLElement =>
    within(screen.getByRole('group', { name: group })).getByLabelText(option);

  it('keep the theme under Jaeger’s key, and forget it for the one of the system', async () => {
    await openBar();
    fireEvent.click(choice('Theme', 'Dark'));
    expect(localStorage.getItem('jaeger-ui-theme')).toBe('dark');
    expect(document.documentElement.dataset['theme']).toBe('dark');
    fireEvent.click(choice('Theme', 'System'));
    expect(localStorage.getItem('jaeger-ui-theme')).toBeNull();
    expect(document.documentElement.dataset['theme']).toBeUndefined();
  });

  it('offer no theme where themes are off', async () => {
    await openBar({ themes: { enabled: false } });
    expect(screen.queryByRole('group', { name: 'Theme' })).toBeNull();
    expect(document.documentElement.dataset['theme']).toBe('light');
  });
});
