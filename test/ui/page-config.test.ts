import { describe, expect, it } from 'vitest';
import { parseUiConfig } from '../../src/ui/config/read-ui-config.ts';
import { DEFAULT_UI_CONFIG, type UiConfig } from '../../src/ui/config/ui-config.ts';

function parse(config: unknown): { config: UiConfig; problems: readonly string[] } {
  const problems: string[] = [];
  return { config: parseUiConfig(JSON.stringify({ config }), problems), problems };
}

describe('the configuration of the monitor', () => {
  it("takes Jaeger's section", () => {
    const { config, problems } = parse({
      monitor: {
        menuEnabled: false,
        docsLink: 'https://wiki.example/spm',
        emptyState: {
          mainTitle: 'No metrics',
          subTitle: 'Yet',
          description: 'Ask the platform team.',
          button: { text: 'How', onClick: 'f()' },
          info: 'Takes a day.',
          alert: { message: 'Needs Prometheus', type: 'info' },
        },
      },
    });
    expect(problems).toEqual([]);
    expect(config.monitor).toEqual({
      menuEnabled: false,
      docsLink: 'https://wiki.example/spm',
      emptyState: {
        title: 'No metrics',
        subtitle: 'Yet',
        description: 'Ask the platform team.',
        buttonText: 'How',
        info: 'Takes a day.',
        alert: 'Needs Prometheus',
      },
    });
  });

  it('says nothing of its own in an empty state that says little', () => {
    const { monitor } = parse({ monitor: { emptyState: { mainTitle: 'Later' } } }).config;
    expect(monitor.emptyState?.title).toBe('Later');
    expect(monitor.emptyState?.description).toBe('');
    expect(parse({}).config.monitor.emptyState).toBe(undefined);
  });

  it('refuses a link that is code', () => {
    const { config, problems } = parse({ monitor: { docsLink: 'javascript:alert(1)' } });
    expect(config.monitor).toEqual(DEFAULT_UI_CONFIG.monitor);
    expect(problems).toEqual([
      'config.monitor.docsLink should be relative, or http, https or mailto',
    ]);
  });
});

describe('the configuration of trace quality and of comparing', () => {
  it('takes an endpoint below the base path, with and without a slash', () => {
    const endpoint = (apiEndpoint: string): string =>
      parse({ qualityMetrics: { apiEndpoint } }).config.qualityMetrics.apiEndpoint;
    expect(endpoint('/api/other')).toBe('api/other');
    expect(endpoint('api/other')).toBe('api/other');
  });

  it.each(['https://elsewhere.example/q', '//elsewhere.example/q', 'data:text/plain,x'])(
    'refuses the endpoint %s of another host',
    (apiEndpoint) => {
      const { config, problems } = parse({ qualityMetrics: { apiEndpoint } });
      expect(config.qualityMetrics.apiEndpoint).toBe('api/quality-metrics');
      expect(problems).toEqual([
        'config.qualityMetrics.apiEndpoint should be a path below the base path',
      ]);
    },
  );

  it('takes the word for the menu and the link to help', () => {
    const { config, problems } = parse({
      qualityMetrics: { menuEnabled: false, menuLabel: 'Hygiene' },
      traceDiff: { helpLink: 'https://wiki.example/diff' },
    });
    expect(problems).toEqual([]);
    expect(config.qualityMetrics.menuEnabled).toBe(false);
    expect(config.qualityMetrics.menuLabel).toBe('Hygiene');
    expect(config.traceDiffHelpLink).toBe('https://wiki.example/diff');
    expect(parse({ traceDiff: { helpLink: 'javascript:1' } }).config.traceDiffHelpLink).toBe('');
  });
});
