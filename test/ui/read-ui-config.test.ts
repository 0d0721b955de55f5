import { describe, expect, it, vi } from 'vitest';
import { parseUiConfig } from '../../src/ui/config/read-ui-config.ts';
import { DEFAULT_UI_CONFIG, type UiConfig } from '../../src/ui/config/ui-config.ts';

function parse(config: unknown): { config: UiConfig; problems: string[] } {
  const problems: string[] = [];
  return { config: parseUiConfig(JSON.stringify({ config }), problems), problems };
}

describe('the UI configuration', () => {
  it('has a default for everything', () => {
    expect(parse({})).toEqual({ config: DEFAULT_UI_CONFIG, problems: [] });
  });

  it('says of each key that does nothing why it does', () => {
    const { config, problems } = parse({
      serach: { maxLimit: 7 },
      scripts: [{ type: 'inline', text: 'alert(1)' }],
      tracking: { gaID: 'UA-000000-2' },
      backendCapabilities: { archiveStorage: true },
    });
    expect(config).toEqual(DEFAULT_UI_CONFIG);
    expect(problems).toEqual([
      'config.serach is ignored: it is not known',
      'config.backendCapabilities is ignored: the query service says what its storages can do',
      'config.scripts is ignored: the page runs no inline code; a .js configuration file may hold it',
      'config.tracking.gaID is ignored: no visit is told to another company; customWebAnalytics can be told',
    ]);
  });

  it('reads former keys where their successors are not given', () => {
    const inMenu = (config: unknown): boolean => parse(config).config.graphs.architectureInMenu;
    expect(inMenu({ dependenciesMenuEnabled: false })).toBe(false);
    expect(inMenu({ dependenciesMenuEnabled: false, dependencies: { menuEnabled: true } })).toBe(
      true,
    );
    expect(parse({ gaTrackingID: 'UA-000000-2' }).problems).toEqual([
      'config.tracking.gaID is ignored: no visit is told to another company; customWebAnalytics can be told',
    ]);
    expect(parse({ gaTrackingID: null }).problems).toEqual([]);
  });

  it('merges sections field by field with the defaults', () => {
    const { search, graphs } = parse({
      search: { maxLimit: 50 },
      dependencies: { dagMaxNumServices: 7 },
    }).config;
    expect(search).toEqual({ ...DEFAULT_UI_CONFIG.search, maxLimit: 50 });
    expect(graphs).toEqual({ ...DEFAULT_UI_CONFIG.graphs, layeredLinksMax: 7 });
  });

  it('allows a search without a service only where the storage is said to find it', () => {
    const read = (json: string): boolean => parseUiConfig(json, []).search.withoutService;
    expect(read('{"capabilities":{"searchWithoutServiceName":true}}')).toBe(true);
    expect(read('{"capabilities":{"searchWithoutServiceName":"yes"}}')).toBe(false);
    expect(read('{"config":{"capabilities":{"searchWithoutServiceName":true}}}')).toBe(false);
  });

  it('gets the default, and a complaint, for each field of another shape', () => {
    const { config, problems } = parse({
      search: { maxLimit: '9', defaultLookback: { value: 'soon' }, adjustEndTime: '1 minute' },
      traceIdDisplayLength: 0,
      topTagPrefixes: [1],
      menu: [{ label: 'x', url: 'javascript:alert(1)' }, 5, { url: '/x' }],
      linkPatterns: [
        { type: 'spans', url: '/', text: '' },
        { type: 'tags', key: 7, url: '/', text: '' },
        { type: 'tags', key: 'a', url: '/#{a | shout}', text: '' },
      ],
      criticalPathEnabled: 'no',
      themes: true,
      useOpenTelemetryTerms: 1,
    });
    expect(config).toEqual(DEFAULT_UI_CONFIG);
    expect(problems).toEqual([
      'config.themes should be an object',
      'config.search.defaultLookback.value should be a time such as "2d"',
      'config.search.adjustEndTime should be a time such as "1m"',
      'config.search.maxLimit should be a whole number from 1',
      'config.traceIdDisplayLength should be a whole number from 1',
      'config.topTagPrefixes should be a text or a list of texts',
      'config.menu[1] should be an object',
      'config.menu[0].url should be relative, or http, https or mailto',
      'config.menu[2] should be a label, with or without a url',
      'config.linkPatterns[0].type should be one of tags, attributes, process, resource, logs, events, traces',
      'config.linkPatterns[1].key should be a text or a list of texts',
      'config.linkPatterns[2].url should be a template whose variables have known formatters',
      'config.criticalPathEnabled should be true or false',
      'config.useOpenTelemetryTerms should be true or false',
    ]);
  });

  it('is the default when it is not JSON', () => {
    const problems: string[] = [];
    expect(parseUiConfig('{"config":', problems)).toEqual(DEFAULT_UI_CONFIG);
    expect(problems).toHaveLength(1);
  });

  it('cuts the lookbacks at the longest, which is one of them', () => {
    const { search } = parse({
      search: {
        maxLookback: { label: '90 Minutes', value: '90m' },
        defaultLookback: { value: '2h' },
      },
    }).config;
    expect([...search.lookbacks.keys()]).toEqual(['5m', '15m', '30m', '1h', '90m']);
    expect(search.defaultLookback).toBe('90m');
  });
});

describe('a configuration that is a script', () => {
  const run = (script: () => unknown): { config: UiConfig; problems: string[] } => {
    const problems: string[] = [];
    const json = JSON.stringify({ config: { traceIdDisplayLength: 9 }, capabilities: {} });
    return { config: parseUiConfig(json, problems, script), problems };
  };

  it('counts instead of the JSON', () => {
    expect(run(() => ({ traceIdDisplayLength: 5 })).config.traceIdDisplayLength).toBe(5);
    expect(run(() => ({})).config.traceIdDisplayLength).toBe(7);
  });

  it('is left out when it fails or returns something else', () => {
    const failing = run(() => {
      throw new Error('no such tenant');
    });
    expect(failing).toEqual({
      config: DEFAULT_UI_CONFIG,
      problems: ['UIConfig() failed: Error: no such tenant'],
    });
    expect(run(() => 7).problems).toEqual(['config should be an object']);
  });

  it('may test keys and values by expressions and functions', () => {
    const { config, problems } = run(() => ({
      linkPatterns: [
        { type: ['tags', 'logs'], key: /^http[.]/g, url: '/a', text: 'a' },
        { key: (key: string) => key.length === 3, value: /x/, url: '/b', text: 'b' },
      ],
    }));
    expect(problems).toEqual([]);
    expect(config.linkPatterns.map(({ place }) => place)).toEqual(['tags', 'logs', undefined]);
    const [first, , last] = config.linkPatterns;
    expect(['http.url', 'http.url', 'url'].map((key) => first?.fitsKey?.(key))).toEqual([
      true,
      true,
      false,
    ]);
    expect([last?.fitsKey?.('abc'), last?.fitsKey?.('ab')]).toEqual([true, false]);
    expect([last?.fitsValue?.('oxo'), last?.fitsValue?.('oo')]).toEqual([true, false]);
  });

  it('loses a link, and is told so, where its function fails', () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    const { config } = run(() => ({
      linkPatterns: [{ key: (key: string) => new RegExp(`${key}(`).test(key), url: '/', text: '' }],
    }));
    expect(config.linkPatterns[0]?.fitsKey?.('a')).toBe(false);
    expect(warn.mock.calls[0]?.[0]).toBe('config.linkPatterns[0].key failed for "a":');
    warn.mockRestore();
  });
});
