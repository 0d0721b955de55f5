import { expect, it } from 'vitest';
import { parseTags } from '../../src/pipeline/parse-tags.ts';
import { UsageError } from '../../src/runtime/errors.ts';

it('takes values from the environment', () => {
  const tags = [
    'cluster=undefined',
    'pod.name=${POD_NAME:}',
    'host.ip=${HOST_IP:none:at all}',
    'zone=${ZONE}',
    'query=a=b',
  ];
  expect([...parseTags('agent.tags', tags, { POD_NAME: 'web-1' })]).toEqual([
    ['cluster', 'undefined'],
    ['pod.name', 'web-1'],
    ['host.ip', 'none:at all'],
    ['query', 'a=b'],
  ]);
});

it('refuses a tag without a key and names the setting', () => {
  expect(() => parseTags('collector.tags', ['=x'], {})).toThrow(
    new UsageError('collector.tags: "=x" is not allowed; give key=value'),
  );
});
