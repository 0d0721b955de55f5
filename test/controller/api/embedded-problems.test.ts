import { describe, expect, it } from 'vitest';
import { problemText } from '../../../src/controller/api/problem.ts';
import type { JaegerInstanceSpec } from '../../../src/controller/api/spec-schema.ts';
import { validateInstance } from '../../../src/controller/api/validate.ts';
import type { KubeObject } from '../../../src/controller/kube-object.ts';

function instance(spec: unknown): KubeObject {
  return {
    apiVersion: 'jaegertracing.io/v1',
    kind: 'JaegerInstance',
    metadata: { name: 'a' },
    spec,
  };
}

function errorsOf(spec: unknown, before?: unknown): readonly string[] {
  const old = before === undefined ? undefined : instance(before);
  const checked = validateInstance(instance(spec), old);
  return checked.valid ? [] : checked.errors.map(problemText);
}

function warningsOf(spec: JaegerInstanceSpec): readonly string[] {
  const checked = validateInstance(instance(spec));
  return checked.valid ? checked.warnings.map(problemText) : ['not valid'];
}

const onVolume = (embedded: object, more: object = {}): object => ({
  storage: { type: 'embedded', embedded },
  ...more,
});

describe('embedded storage in a spec', () => {
  it.each([
    ['10GB', '"10GB" is not allowed; give a size such as 10Gi or 1.5Ti'],
    ['512Mi', '512Mi is too small; give 1Gi or more'],
  ])('refuses a size of %s', (size, message) => {
    expect(errorsOf(onVolume({ size }))).toEqual([`spec.storage.embedded.size: ${message}`]);
  });

  it.each([
    [{ retention: '3 days' }, '"3 days" is not allowed; give a duration such as 72h or 1h30m'],
    [{ retention: '0h' }, '0h would keep nothing; give a duration such as 72h'],
  ])('refuses %j', (more, message) => {
    const spec = { storage: { type: 'embedded', ...more } };
    expect(errorsOf(spec)).toEqual([`spec.storage.retention: ${message}`]);
  });

  it.each([
    ['embedded.directory', '/x', 'is where the operator mounts the volume: leave it out'],
    [
      'badger.ephemeral',
      true,
      'true keeps nothing beyond the pod; use spec.storage.type: memory for that',
    ],
    ['badger.span-store-ttl', '24h', 'says what spec.storage.retention says: give one of them'],
  ])('refuses option %s', (flag, value, message) => {
    const storage = { type: 'badger', retention: '1h', options: { [flag]: value } };
    expect(errorsOf({ storage })).toEqual([`spec.storage.options.${flag}: ${message}`]);
  });

  it('takes a badger section as Jaeger’s operator did, and says what of it has no effect', () => {
    const badger = {
      ephemeral: false,
      'directory-key': '/badger/key',
      'directory-value': '/badger/data',
    };
    expect(warningsOf({ storage: { type: 'badger', options: { badger } } })).toEqual([
      'spec.storage.options.badger.directory-key: has no effect with spec.storage.type: embedded',
      'spec.storage.options.badger.directory-value: has no effect with spec.storage.type: embedded',
    ]);
  });

  it('is what strategy production needs', () => {
    const message =
      'spec.storage.type: strategy production needs embedded: its collector and query are apart, ' +
      'and memory is not shared';
    expect(errorsOf({ strategy: 'production' })).toEqual([message]);
    expect(errorsOf({ strategy: 'production', storage: { type: 'memory' } })).toEqual([message]);
    expect(errorsOf({ strategy: 'production', storage: { type: 'badger' } })).toEqual([]);
  });

  it('says which fields the strategy and the type leave without effect', () => {
    expect(
      warningsOf({
        collector: { replicas: 2, serviceType: 'NodePort' },
        allInOne: { strategy: { type: 'Recreate' } },
        storage: { type: 'embedded', embedded: { size: '20Gi', nodeSelector: { a: 'b' } } },
      }),
    ).toEqual([
      'spec.collector.replicas: has no effect with spec.strategy: allInOne',
      'spec.storage.embedded.nodeSelector: has no effect with spec.strategy: allInOne',
      'spec.allInOne.strategy: has no effect with spec.storage.type: embedded',
    ]);
    const { storage } = onVolume({}) as JaegerInstanceSpec;
    expect(warningsOf({ strategy: 'production', allInOne: { image: 'i' }, storage })).toEqual([
      'spec.allInOne: has no effect with spec.strategy: production',
    ]);
    expect(warningsOf({ storage: { retention: '1h', embedded: { size: '2Gi' } } })).toEqual([
      'spec.storage.retention: has no effect with spec.storage.type: memory',
      'spec.storage.embedded: has no effect with spec.storage.type: memory',
    ]);
  });
});

describe('a change of the volume', () => {
  const SHRINKS =
    'spec.storage.embedded.size: a volume cannot shrink: give the size it has (10Gi when none was ' +
    'given) or more';

  it.each([
    ['2Gi', '1536Mi', [SHRINKS]],
    ['20Gi', undefined, [SHRINKS]],
    [undefined, '9Gi', [SHRINKS]],
    ['2Gi', '2048Mi', []],
    ['2Gi', '3Gi', []],
    [undefined, '10Gi', []],
  ])('from %s to %s', (from, to, errors) => {
    const sized = (size: string | undefined): object => (size === undefined ? {} : { size });
    expect(errorsOf(onVolume(sized(to)), onVolume(sized(from)))).toEqual(errors);
  });

  it('cannot move it to another class or mode', () => {
    const before = onVolume({ storageClassName: 'slow' });
    expect(errorsOf(onVolume({ accessModes: ['ReadWriteOncePod'] }), before)).toEqual([
      'spec.storage.embedded.storageClassName: a volume stays in the class it was made in: give ' +
        'another instance the new class, and move over',
      'spec.storage.embedded.accessModes: a volume keeps the access modes it was made with',
    ]);
    expect(errorsOf(onVolume({ accessModes: ['ReadWriteOnce'] }), onVolume({}))).toEqual([]);
  });

  it('is no change of it where another volume is used, or none was', () => {
    const small = onVolume({ size: '1Gi' });
    expect(errorsOf(onVolume({ size: '1Gi' }, { strategy: 'production' }), onVolume({}))).toEqual(
      [],
    );
    expect(errorsOf(small, { storage: { type: 'memory', embedded: { size: '9Gi' } } })).toEqual([]);
    expect(errorsOf(small, { storage: 'broken' })).toEqual([]);
  });
});
