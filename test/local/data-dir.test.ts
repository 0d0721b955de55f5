import { describe, expect, it } from 'vitest';
import { defaultDataDir } from '../../src/local/data-dir.ts';

describe('defaultDataDir', () => {
  it.each([
    [undefined, '/home/ann/.local/state/jaegerctl'],
    ['/var/state', '/var/state/jaegerctl'],
    ['state', '/home/ann/.local/state/jaegerctl'],
    ['', '/home/ann/.local/state/jaegerctl'],
  ])('with XDG_STATE_HOME %s is %s', (XDG_STATE_HOME, folder) => {
    expect(defaultDataDir({ XDG_STATE_HOME }, '/home/ann')).toBe(folder);
  });
});
