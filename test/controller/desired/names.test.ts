import { describe, expect, it } from 'vitest';
import { dnsLabel, namesOf } from '../../../src/controller/desired/names.ts';

describe('names', () => {
  it.each(['a', 'simplest-query', 'a1', 'x'.repeat(63)])('keeps %s', (name) => {
    expect(dnsLabel(name)).toBe(name);
  });

  it.each([
    ['my.instance', /^my-instance-[0-9a-f]{8}$/],
    ['1st', /^st-[0-9a-f]{8}$/],
    ['123', /^x[0-9a-f]{8}$/],
    [`${'a'.repeat(60)}-collector`, /^a{54}-[0-9a-f]{8}$/],
  ])('makes a DNS label of %s', (name, expected) => {
    expect(dnsLabel(name)).toMatch(expected);
    expect(dnsLabel(name).length).toBeLessThanOrEqual(63);
  });

  it('keeps names apart that are cut or cleaned to the same text', () => {
    const long = 'a'.repeat(80);
    const names = [`${long}1`, `${long}2`, 'a.b', 'a-b'].map((name) => dnsLabel(name));
    expect(new Set(names).size).toBe(4);
  });

  it('leave a StatefulSet room for the hash of its pods’ label', () => {
    const names = namesOf('a'.repeat(60));
    for (const name of [names.allInOneStatefulSet, names.storage]) expect(name).toHaveLength(52);
  });

  it('are those of Jaeger’s operator', () => {
    expect(namesOf('j')).toEqual({
      allInOne: 'j',
      allInOneStatefulSet: 'j',
      collector: 'j-collector',
      query: 'j-query',
      storage: 'j-storage',
      storageService: 'j-storage',
      storageHeadlessService: 'j-storage-headless',
      serviceAccount: 'j',
      collectorService: 'j-collector',
      collectorHeadlessService: 'j-collector-headless',
      queryService: 'j-query',
      agentService: 'j-agent',
      agentDaemonSet: 'j-agent-daemonset',
      ingress: 'j-query',
      configuration: 'j-configuration',
      collectorConfiguration: 'j-collector-configuration',
      queryConfiguration: 'j-query-configuration',
      storageConfiguration: 'j-storage-configuration',
      samplingConfiguration: 'j-sampling-configuration',
      uiConfiguration: 'j-ui-configuration',
    });
  });
});
