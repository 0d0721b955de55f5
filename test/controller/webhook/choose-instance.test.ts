import { describe, expect, it } from 'vitest';
import { chooseInstance, injectionAsked } from '../../../src/controller/webhook/choose-instance.ts';

const KEY = 'sidecar.jaegertracing.io/inject';
const shop = { namespace: 'shop', name: 'simplest' };
const obs = { namespace: 'obs', name: 'simplest' };
const big = { namespace: 'obs', name: 'big' };

describe('injectionAsked', () => {
  it.each([
    ['the pod, when only it asks', { [KEY]: 'true' }, undefined, 'true'],
    ['the namespace, when the pod says nothing', {}, { [KEY]: 'big' }, 'big'],
    ['the pod before the namespace', { [KEY]: 'simplest' }, { [KEY]: 'big' }, 'simplest'],
  ])('follows %s', (_, pod, namespace, value) => {
    expect(injectionAsked(pod, namespace)).toBe(value);
  });

  it.each(['false', 'False', ' ', ''])('lets a pod that says %j out of its namespace', (value) => {
    expect(injectionAsked({ [KEY]: value }, { [KEY]: 'true' })).toBeUndefined();
  });
});

describe('chooseInstance', () => {
  it('takes the only instance of the cluster for "true"', () => {
    expect(chooseInstance('TRUE', 'shop', [obs])).toEqual({ instance: obs });
  });

  it('takes the only instance of the namespace for "true" when there are others elsewhere', () => {
    expect(chooseInstance('true', 'shop', [obs, big, shop])).toEqual({ instance: shop });
  });

  it('takes none for "true" when several could be meant, and names them', () => {
    expect(chooseInstance('true', 'web', [shop, obs])).toEqual({
      none: `${KEY}="true" names no single JaegerInstance; there are obs/simplest, shop/simplest`,
    });
  });

  it('keeps the instance that the pods have had, while it exists', () => {
    expect(chooseInstance('true', 'web', [shop, obs], 'obs/simplest')).toEqual({ instance: obs });
    expect(chooseInstance('true', 'web', [shop, big], 'obs/simplest')).toHaveProperty('none');
  });

  it('prefers the namespace of the pod for a name', () => {
    expect(chooseInstance('simplest', 'shop', [obs, shop])).toEqual({ instance: shop });
  });

  it('takes a name from another namespace when it is the only one', () => {
    expect(chooseInstance('big', 'shop', [obs, shop, big])).toEqual({ instance: big });
  });

  it('takes no instance for a name that two other namespaces have', () => {
    expect(chooseInstance('simplest', 'web', [obs, shop])).toHaveProperty('none');
  });

  it('takes namespace/name as it is', () => {
    expect(chooseInstance('obs/simplest', 'shop', [obs, shop])).toEqual({ instance: obs });
  });

  it('says so when there is no instance at all', () => {
    expect(chooseInstance('big', 'shop', [])).toEqual({
      none: `${KEY}="big" names no single JaegerInstance; there is no JaegerInstance`,
    });
  });
});
