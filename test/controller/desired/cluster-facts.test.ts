import { describe, expect, it } from 'vitest';
import {
  defaultIngressClass,
  hasNativeSidecars,
} from '../../../src/controller/desired/cluster-facts.ts';
import type { KubeObject } from '../../../src/controller/kube-object.ts';
import { FACTS } from './an-instance.ts';

function aClass(name: string, isDefault: boolean): KubeObject {
  const annotations = { 'ingressclass.kubernetes.io/is-default-class': String(isDefault) };
  const metadata = { name, annotations };
  return { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata };
}

describe('defaultIngressClass', () => {
  it.each([
    [[], undefined],
    [[aClass('a', false)], undefined],
    [[aClass('a', false), aClass('b', true)], 'b'],
    [[aClass('a', true), aClass('b', true)], undefined],
  ])('of case %#', (classes, expected) => {
    expect(defaultIngressClass(classes)).toBe(expected);
  });
});

describe('hasNativeSidecars', () => {
  it.each([
    [1, 28, false],
    [1, 29, true],
    [2, 0, true],
  ])('of Kubernetes %i.%i is %s', (major, minor, expected) => {
    expect(hasNativeSidecars({ ...FACTS, serverVersion: { major, minor } })).toBe(expected);
  });
});
