import { describe, expect, it } from 'vitest';
import { createObjectCache } from '../../../src/controller/engine/object-cache.ts';
import type { KubeObject } from '../../../src/controller/kube-object.ts';

const anObject = (name: string, version: number): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'ns', name, resourceVersion: String(version) },
});
const KEY = { namespace: 'ns', name: 'a' };

describe('the object cache', () => {
  it('shows our own write before the watch does, and keeps it over an older event', () => {
    const cache = createObjectCache();
    cache.replace('', [anObject('a', 5)], '10');
    cache.observeWrite(anObject('a', 12));
    expect(cache.put('', anObject('a', 11))).toBeUndefined();
    expect(cache.get(KEY)?.metadata.resourceVersion).toBe('12');
  });

  it('does not bring back what the watch has already seen deleted', () => {
    const cache = createObjectCache();
    cache.replace('', [], '10');
    cache.put('', anObject('a', 11));
    cache.remove('', anObject('a', 12));
    cache.observeWrite(anObject('a', 11));
    expect(cache.get(KEY)).toBeUndefined();
  });

  it('keeps what we wrote after the list was made, and drops what the list lacks', () => {
    const cache = createObjectCache();
    cache.replace('', [anObject('old', 5)], '10');
    cache.observeWrite(anObject('a', 12));
    const changes = cache.replace('', [], '11');
    expect(changes.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual([
      'deleted old',
    ]);
    expect(cache.list().map(({ metadata }) => metadata.name)).toEqual(['a']);
  });
});
