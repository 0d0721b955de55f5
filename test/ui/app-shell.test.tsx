import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import type { ReactElement } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { CrashNotice } from '../../src/ui/components/crash-notice.tsx';
import { createTracking } from '../../src/ui/tracking.ts';
import { pageOfPath } from '../../src/ui/page-of-path.ts';
import { goTo } from '../../src/ui/routing.ts';
import { openApp } from './open-app.tsx';

describe('the address', () => {
  it.each([
    ['', 'search', ''],
    ['search', 'search', ''],
    ['trace/abc', 'trace', 'abc'],
    ['trace/abc...def', 'compare', 'abc...def'],
    ['trace/...', 'compare', '...'],
    ['dependencies', 'dependencies', ''],
  ])('%j is the page %j', (path, page, id) => {
    expect(pageOfPath(path)).toEqual({ page, id });
  });

  it('that no page has says so, and leads back', async () => {
    openApp('nowhere', { 'api/v3/services': { services: [] } });
    await screen.findByText('There is no such page');
    expect(document.title).toBe('There is no such page – Jaeger UI');
    fireEvent.click(screen.getByText('Go to search'));
    expect(location.pathname).toBe('/base/search');
  });
});

describe('going to another page', () => {
  it('takes the keyboard to its content, the first one leaves it alone', async () => {
    openApp('nowhere', { 'api/v3/services': { services: [] } });
    await screen.findByText('There is no such page');
    expect(document.activeElement).toBe(document.body);
    goTo('search');
    await waitFor(() => {
      expect(document.activeElement?.id).toBe('content');
    });
  });
});

describe('a part that cannot be drawn', () => {
  const Broken = ({ words }: { words: string }): ReactElement => {
    throw new Error(words);
  };

  it('leaves the rest, says what happened and tells it to the deployer’s script', () => {
    vi.spyOn(console, 'error').mockReturnValue();
    const onCrash = vi.fn();
    const { rerender } = render(
      <CrashNotice place="a" onCrash={onCrash}>
        <Broken words="span is undefined" />
      </CrashNotice>,
    );
    screen.getByText('This view could not be drawn');
    screen.getByText('span is undefined');
    expect(onCrash.mock.calls).toEqual([[new Error('span is undefined')]]);
    rerender(
      <CrashNotice place="b" onCrash={onCrash}>
        another page
      </CrashNotice>,
    );
    screen.getByText('another page');
  });

  it('because its file is gone asks for a reload', () => {
    vi.spyOn(console, 'error').mockReturnValue();
    render(
      <CrashNotice place="a" onCrash={() => undefined}>
        <Broken words="Failed to fetch dynamically imported module: /static/x.js" />
      </CrashNotice>,
    );
    screen.getByText('A file of this page could not be loaded');
    screen.getByText('Reload');
  });
});

describe('the deployer’s own analytics', () => {
  it('hears of pages and errors, and its failures stop nothing', () => {
    const heard: unknown[] = [];
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    const customWebAnalytics = (): unknown => ({
      init: () => heard.push('init'),
      trackPageView: (...view: unknown[]) => heard.push(view),
      trackError: () => {
        throw new Error('blocked');
      },
    });
    const tracking = createTracking({ trackErrors: true, customWebAnalytics }, 'v1');
    tracking.pageView('search', '');
    tracking.pageView('trace/1', '?uiFind=x');
    tracking.error(new Error('x'));
    expect(heard).toEqual(['init', ['/search', null], ['/trace/1', '?uiFind=x']]);
    expect(warn.mock.calls).toEqual([['customWebAnalytics failed:', new Error('blocked')]]);
  });
});
