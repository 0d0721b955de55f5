import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { load } from 'js-yaml';
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

  it('points to the help for a flag like no other and exits with 2', () => {
    expect(jaegerctl('collector', '--zzzzzzzz')).toEqual({
      code: 2,
      out: '',
      err: "jaegerctl: unknown option '--zzzzzzzz'\nsee jaegerctl collector --help\n",
    });
  });

  it('reports a misspelt flag of plan before a missing file', () => {
    expect(jaegerctl('plan', '--contxt', 'a').err).toContain("unknown option '--contxt'");
  });

  it('exits with 2 for a setting that is not allowed, naming what is', () => {
    const { code, err } = jaegerctl('all-in-one', '--memory.max-traces=none');
    expect(code).toBe(2);
    expect(err).toBe(
      'jaegerctl all-in-one: --memory.max-traces: "none" is not allowed; give an integer, 1 to 10000000\n',
    );
  });

  it('prints the effective config of a role', () => {
    const { code, out } = jaegerctl('all-in-one', '--print-config', '--log-level', 'debug');
    expect(code).toBe(0);
    expect(load(out)).toMatchObject({ 'log-level': 'debug', 'health.http.host-port': ':13133' });
  });

  it('exits with 2 when the config file cannot be read', () => {
    const { code, err } = jaegerctl('all-in-one', '--config', '/nonexistent.yaml');
    expect(code).toBe(2);
    expect(err).toBe(
      'jaegerctl all-in-one: --config: /nonexistent.yaml cannot be read: ' +
        "ENOENT: no such file or directory, open '/nonexistent.yaml'\n",
    );
  });

  it('points out a misspelt flag before one that is missing', () => {
    const { code, err } = jaegerctl('up', '--filname', 'x.yaml');
    expect(code).toBe(2);
    expect(err).toBe("jaegerctl: unknown option '--filname'\n(Did you mean --filename?)\n");
  });

  it('asks up for an instance', () => {
    expect(jaegerctl('up')).toEqual({
      code: 2,
      out: '',
      err: 'jaegerctl up: give the instance to run: -f <file>\n',
    });
  });

  it('says the default of a setting once', () => {
    const { out } = jaegerctl('collector', '--help');
    expect(/Whether to take OTLP\..*/.exec(out)?.[0]).toBe(
      'Whether to take OTLP. (default "true"; true | false; env COLLECTOR_OTLP_ENABLED)',
    );
  });

  describe('logs', () => {
    const PORTS = ['query.http-server', 'query.grpc-server', 'admin.http', 'health.http'].map(
      (name) => `--${name}.host-port=127.0.0.1:0`,
    );

    it('say of a query alone that nobody fills its memory, as JSON where no one looks', async () => {
      const lines = await logOfQuery(PORTS, {});
      const warning: unknown = JSON.parse(lines[0] ?? '');
      expect(warning).toMatchObject({ level: 'warn', role: 'query' });
      expect(lines[0]).toContain('a memory of its own is all this process can show');
    });

    it('are a line an event as text, without colours when NO_COLOR is set', async () => {
      const lines = await logOfQuery([...PORTS, '--log-format=text'], { NO_COLOR: '1' });
      expect(lines.at(-1)).toMatch(/INFO: query stopped$/);
      expect(lines.find((line) => line.includes('query ui'))).toMatch(
        /^\[[\d:.]+\] INFO: query ui \{"address":"tcp:\/\/127\.0\.0\.1:\d+"\}$/,
      );
    });
  });
});

/** The lines a query writes until it has stopped. */
async function logOfQuery(
  flags: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const child = spawn(process.execPath, ['src/main.ts', 'query', ...flags], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const before = log.includes('ready');
    log += text;
    // A second signal would end it the hard way.
    if (!before && log.includes('ready')) child.kill('SIGTERM');
  });
  await once(child, 'close');
  expect(child.exitCode).toBe(0);
  return log.trimEnd().split('\n');
}
