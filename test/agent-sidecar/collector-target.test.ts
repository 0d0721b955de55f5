import { describe, expect, it } from 'vitest';
import { parseTargets } from '../../src/agent-sidecar/collector-target.ts';
import { UsageError } from '../../src/runtime/errors.ts';

describe('parseTargets', () => {
  it('understands names, addresses, dns targets and lists', () => {
    expect(parseTargets('dns:///my-collector-headless.ns.svc:4317')).toEqual([
      { host: 'my-collector-headless.ns.svc', port: 4317 },
    ]);
    expect(parseTargets('a:1, dns:b:2,[::1]:3')).toEqual([
      { host: 'a', port: 1 },
      { host: 'b', port: 2 },
      { host: '::1', port: 3 },
    ]);
  });

  it.each([
    '',
    ' , ',
    'collector',
    'a:0',
    'a:70000',
    'http://a:1',
    'dns://8.8.8.8/a:1',
    '::1:4317',
  ])('refuses %j', (text) => {
    expect(() => parseTargets(text)).toThrow(UsageError);
  });
});
