import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/tools/cli/command-table.ts';
import packageJson from '../../../package.json' with { type: 'json' };

interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function jaegerctl(...args: string[]): Result {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src/main.ts', ...args], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { code: status, out: stdout, err: stderr };
}

describe('jaegerctl', () => {
  it('prints its version', () => {
    expect(jaegerctl('--version')).toEqual({ code: 0, out: `${packageJson.version}\n`, err: '' });
  });

  it('lists every command in its help', () => {
    const { code, out } = jaegerctl('--help');
    expect(code).toBe(0);
    for (const { name, summary } of COMMANDS) {
      expect(out).toMatch(new RegExp(`^  ${name} +${summary.slice(0, 30)}`, 'm'));
    }
  });

  it.each(COMMANDS.map(({ name }) => name))('shows examples in the help of %s', (name) => {
    const { code, out } = jaegerctl(name, '--help');
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^Examples:\\n  .*jaegerctl ${name}`, 'm'));
  });

  it('suggests a command for a misspelt one and exits with 2', () => {
    expect(jaegerctl('colector')).toEqual({
      code: 2,
      out: '',
      err: "jaegerctl: unknown command 'colector'\n(Did you mean collector?)\n",
    });
  });

  it('suggests a flag for a misspelt one and exits with 2', () => {
    expect(jaegerctl('tracegen', '--worker', '3')).toEqual({
      code: 2,
      out: '',
      err: "jaegerctl: unknown option '--worker'\n(Did you mean --workers?)\n",
    });
  });

  it('exits with 2 for a setting that is not allowed, naming what is', () => {
    const { code, err } = jaegerctl('all-in-one', '--memory.max-traces=none');
    expect(code).toBe(2);
    expect(err).toBe(
      'jaegerctl all-in-one: --memory.max-traces: "none" is not allowed; give an integer from 1\n',
    );
  });

  it('prints the effective config of a role', () => {
    const { code, out } = jaegerctl('all-in-one', '--print-config', '--log-level', 'debug');
    expect(code).toBe(0);
    expect(out).toMatch(/^log-level: debug$/m);
    expect(out).toMatch(/^health.http.host-port: ':13133'$/m);
  });

  it('exits with 2 when the config file cannot be read', () => {
    const { code, err } = jaegerctl('all-in-one', '--config', '/nonexistent.yaml');
    expect(code).toBe(2);
    expect(err).toContain('--config: /nonexistent.yaml cannot be read: ENOENT');
  });
});
