import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/runtime/errors.ts';
import { printableConfig, resolveConfig } from '../../src/runtime/resolve-config.ts';
import {
  booleanSetting,
  bytesSetting,
  choiceSetting,
  durationSetting,
  hostPortSetting,
  integerSetting,
  listSetting,
  stringSetting,
} from '../../src/runtime/setting.ts';

const described = (flag: string): { flag: string; description: string } => ({
  flag,
  description: '',
});

const settings = {
  queue: {
    sizeMax: integerSetting({ ...described('queue.size-max'), default: 10, min: 1, max: 100 }),
    bytesMax: bytesSetting({ ...described('queue.bytes-max'), default: 64 * 2 ** 20 }),
  },
  timeoutMs: durationSetting({ ...described('timeout'), default: 5000 }),
  enabled: booleanSetting({ ...described('enabled'), default: true }),
  hostPort: hostPortSetting({ ...described('host-port'), default: ':4317' }),
  kind: choiceSetting({ ...described('kind'), default: 'a', choices: ['a', 'b'], env: 'KIND_OF' }),
  brokers: listSetting({ ...described('brokers'), default: [] }),
  password: stringSetting({ ...described('password'), default: '', secret: true }),
};

const none = { flags: new Map<string, string>(), env: {}, file: null, fileName: 'c.yaml' };

describe('resolveConfig', () => {
  it('gives every setting its default when nothing is set', () => {
    expect(resolveConfig(settings, none)).toEqual({
      queue: { sizeMax: 10, bytesMax: 67_108_864 },
      timeoutMs: 5000,
      enabled: true,
      hostPort: { host: '', port: 4317 },
      kind: 'a',
      brokers: [],
      password: '',
    });
  });

  it('prefers a flag over the environment over the file over the default', () => {
    const file = { queue: { 'size-max': 3 }, timeout: '3s', enabled: false };
    const env = { QUEUE_SIZE_MAX: '4', TIMEOUT: '4s' };
    const flags = new Map([['queue.size-max', '5']]);
    const config = resolveConfig(settings, { ...none, flags, env, file });
    expect(config.queue.sizeMax).toBe(5);
    expect(config.timeoutMs).toBe(4000);
    expect(config.enabled).toBe(false);
  });

  it('reads a file whose keys are nested at the dots of flags or not', () => {
    const nested = resolveConfig(settings, { ...none, file: { queue: { 'size-max': 7 } } });
    const flat = resolveConfig(settings, { ...none, file: { 'queue.size-max': 7 } });
    expect(nested).toEqual(flat);
    expect(flat.queue.sizeMax).toBe(7);
  });

  it('reads the environment under its own name where a setting has one', () => {
    expect(resolveConfig(settings, { ...none, env: { KIND_OF: 'b', KIND: 'a' } }).kind).toBe('b');
  });

  it('treats an empty environment variable as not set', () => {
    expect(resolveConfig(settings, { ...none, env: { TIMEOUT: '' } }).timeoutMs).toBe(5000);
  });

  it('names every unknown file key and every value that is not allowed, in one error', () => {
    const file = { queue: { 'size-max': 0, 'sice-max': 1 }, kind: 'c' };
    const env = { TIMEOUT: 'soon' };
    expect(() => resolveConfig(settings, { ...none, env, file })).toThrow(
      new UsageError(
        [
          'c.yaml: unknown key queue.sice-max',
          'c.yaml: queue.size-max: 0 is not allowed; give an integer, 1 to 100',
          'TIMEOUT: "soon" is not allowed; give a duration such as 500ms, 30s or 1h30m',
          'c.yaml: kind: "c" is not allowed; give a | b',
        ].join('\n'),
      ),
    );
  });

  it('points to the nested key when only the last part of an unknown key is right', () => {
    expect(() => resolveConfig(settings, { ...none, file: { 'size-max': 1 } })).toThrow(
      'c.yaml: unknown key size-max; did you mean queue.size-max?',
    );
  });

  it('refuses a file that is not a map', () => {
    expect(() => resolveConfig(settings, { ...none, file: 'text' })).toThrow(
      'c.yaml: unknown key (the file is not a map of settings)',
    );
  });

  it.each([
    ['64Mi', 67_108_864],
    ['1G', 1_000_000_000],
    ['1024', 1024],
    ['1.5Ki', 1536],
    ['5B', 5],
  ])('reads %s as bytes', (text, bytes) => {
    const flags = new Map([['queue.bytes-max', text]]);
    expect(resolveConfig(settings, { ...none, flags }).queue.bytesMax).toBe(bytes);
  });

  it.each(['64 Mi', '-1', '1T', ''])('refuses %j as bytes', (text) => {
    const flags = new Map([['queue.bytes-max', text]]);
    expect(() => resolveConfig(settings, { ...none, flags })).toThrow('give bytes such as');
  });

  it.each(['0', '0.5'])('refuses %j as bytes where there have to be some', (text) => {
    const some = bytesSetting({ ...described('some'), default: 1, min: 1 });
    const flags = new Map([['some', text]]);
    expect(() => resolveConfig({ some }, { ...none, flags })).toThrow(
      `--some: "${text}" is not allowed; give bytes such as 67108864, 64Mi or 1G, from 1`,
    );
  });

  it.each([',', 'a,', ' , b'])('refuses %j as a list, with an empty item', (text) => {
    const flags = new Map([['brokers', text]]);
    expect(() => resolveConfig(settings, { ...none, flags })).toThrow(
      `--brokers: "${text}" is not allowed; give a comma-separated list of items, none of them empty`,
    );
    const file = { brokers: text.split(',') };
    expect(() => resolveConfig(settings, { ...none, file })).toThrow('c.yaml: brokers: [');
  });

  it('refuses a list with what may not be in it', () => {
    const items = { allowed: 'digits', pattern: /^\d$/ };
    const digits = listSetting({ ...described('digits'), default: [], items });
    const resolve = (text: string): unknown =>
      resolveConfig({ digits }, { ...none, flags: new Map([['digits', text]]) });
    expect(resolve('1,2')).toEqual({ digits: ['1', '2'] });
    expect(resolve('')).toEqual({ digits: [] });
    expect(() => resolve('1,x')).toThrow('give a comma-separated list of digits');
  });

  it.each([
    ['localhost:1', { host: 'localhost', port: 1 }],
    ['[::1]:65535', { host: '::1', port: 65_535 }],
    [':0', { host: '', port: 0 }],
  ])('reads %s as an address', (text, address) => {
    const flags = new Map([['host-port', text]]);
    expect(resolveConfig(settings, { ...none, flags }).hostPort).toEqual(address);
  });

  it.each(['4317', 'a:b', '::1:80', 'a:65536', 'a b:1'])('refuses %j as an address', (text) => {
    const flags = new Map([['host-port', text]]);
    expect(() => resolveConfig(settings, { ...none, flags })).toThrow('give host:port or :port');
  });
});

describe('printableConfig', () => {
  it('shows values as a user would write them and hides secrets', () => {
    const flags = new Map([
      ['password', 'hunter2'],
      ['brokers', 'a:1, b:2'],
    ]);
    const shown = printableConfig(settings, resolveConfig(settings, { ...none, flags }));
    expect(Object.fromEntries(shown)).toEqual({
      'queue.size-max': '10',
      'queue.bytes-max': '64Mi',
      timeout: '5s',
      enabled: 'true',
      'host-port': ':4317',
      kind: 'a',
      brokers: 'a:1,b:2',
      password: '(hidden)',
    });
  });

  it('does not repeat a secret in an error', () => {
    const secret = {
      key: integerSetting({ ...described('key'), default: 1, min: 1, secret: true }),
    };
    expect(() => resolveConfig(secret, { ...none, flags: new Map([['key', 'hunter2']]) })).toThrow(
      '--key: (secret) is not allowed',
    );
  });
});
