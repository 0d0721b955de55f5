import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { normalize } from '../../src/controller/api/defaults.ts';
import type { NormalInstance } from '../../src/controller/api/defaults.ts';
import { createClaims } from '../../src/controller/claims.ts';
import type { Claims } from '../../src/controller/claims.ts';
import { labelsOf } from '../../src/controller/desired/labels.ts';
import { createObjectCache } from '../../src/controller/engine/object-cache.ts';
import { KubeApiError } from '../../src/controller/kube/kube-api.ts';
import type { KubeApi } from '../../src/controller/kube/kube-api.ts';
import type { KubeObject } from '../../src/controller/kube-object.ts';
import type { EventsAbout } from '../../src/controller/warning-events.ts';
import { anInstance } from './desired/an-instance.ts';

const { signal } = new AbortController();

function sized(size: string): NormalInstance {
  return normalize(anInstance({ storage: { type: 'embedded', embedded: { size } } }));
}

interface ClaimSpec {
  readonly requested: string;
  readonly phase?: string;
  readonly capacity?: string;
  readonly instance?: string;
}

function aClaim({
  requested,
  phase = 'Bound',
  capacity = requested,
  instance,
}: ClaimSpec): KubeObject {
  const owner = normalize(anInstance({}, instance));
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: 'data-simplest-0',
      namespace: 'tracing',
      uid: 'claim',
      resourceVersion: '1',
      labels: labelsOf(owner, 'all-in-one', 'simplest'),
    },
    spec: { resources: { requests: { storage: requested } } },
    status: { phase, ...(phase === 'Bound' ? { capacity: { storage: capacity } } : {}) },
  };
}

interface Bed {
  readonly claims: Claims;
  /** Bodies of patches, and what events were asked for. */
  readonly patches: unknown[];
  readonly asked: EventsAbout[];
  clock: number;
}

function bedOf(
  claim: KubeObject | undefined,
  answer: { readonly refuse?: Error; readonly event?: string } = {},
): Bed {
  const cache = createObjectCache();
  if (claim !== undefined) cache.put('', claim);
  const patches: unknown[] = [];
  const asked: EventsAbout[] = [];
  const api: Pick<KubeApi, 'patch'> = {
    patch: (_kind, _key, patch) => {
      patches.push(patch);
      if (answer.refuse !== undefined) return Promise.reject(answer.refuse);
      return Promise.resolve({ ...aClaim({ requested: '1Gi' }), patched: true });
    },
  };
  const bed: Omit<Bed, 'claims'> = { patches, asked, clock: 0 };
  const claims = createClaims({
    api,
    cache,
    warnings: {
      newest: (about) => {
        asked.push(about);
        return Promise.resolve(answer.event);
      },
    },
    now: () => bed.clock,
    logger: pino({ level: 'silent' }),
  });
  return Object.assign(bed, { claims });
}

describe('growing a claim', () => {
  it('asks for the size of the spec', async () => {
    const { claims, patches } = bedOf(aClaim({ requested: '1Gi' }));
    expect(await claims.grow(sized('2Gi'), signal)).toBeUndefined();
    expect(patches).toEqual([{ spec: { resources: { requests: { storage: '2Gi' } } } }]);
  });

  it.each([
    ['there is none yet', undefined, '2Gi'],
    ['it asks for as much in other words', aClaim({ requested: '1Gi' }), '1024Mi'],
    ['it has no volume yet', aClaim({ requested: '1Gi', phase: 'Pending' }), '2Gi'],
    ['it is another instance’s', aClaim({ requested: '1Gi', instance: 'other' }), '2Gi'],
  ])('writes nothing when %s', async (_when, claim, size) => {
    const { claims, patches } = bedOf(claim);
    expect(await claims.grow(sized(size), signal)).toBeUndefined();
    expect(patches).toEqual([]);
  });

  it('never shrinks one, and says that it is larger', async () => {
    const { claims, patches } = bedOf(aClaim({ requested: '3Gi' }));
    expect(await claims.grow(sized('2Gi'), signal)).toBe(
      'it is larger than the 2Gi of spec.storage.embedded.size',
    );
    expect(patches).toEqual([]);
  });

  it('gives the server’s words when it is refused, and asks again after ten minutes or for another size', async () => {
    const refuse = new KubeApiError('no', {
      status: 403,
      reason: 'Forbidden',
      said: 'cannot grow',
    });
    const bed = bedOf(aClaim({ requested: '1Gi' }), { refuse });
    const said = 'cannot grow (spec.storage.embedded.size: 2Gi)';
    for (const clock of [0, 599_999]) {
      bed.clock = clock;
      expect(await bed.claims.grow(sized('2Gi'), signal)).toBe(said);
    }
    expect(bed.patches).toHaveLength(1);
    bed.clock = 600_000;
    expect(await bed.claims.grow(sized('2Gi'), signal)).toBe(said);
    await bed.claims.grow(sized('4Gi'), signal);
    expect(bed.patches).toHaveLength(3);
  });

  it('fails on what is no refusal', async () => {
    const refuse = new KubeApiError('busy', { status: 429, reason: 'TooManyRequests' });
    const { claims } = bedOf(aClaim({ requested: '1Gi' }), { refuse });
    await expect(claims.grow(sized('2Gi'), signal)).rejects.toBe(refuse);
  });

  it('counts on no more than there is', () => {
    const { claims } = bedOf(aClaim({ requested: '2Gi', capacity: '1Gi' }));
    expect(claims.smallerSize(sized('2Gi'))).toBe('1Gi');
    expect(claims.smallerSize(sized('1Gi'))).toBeUndefined();
  });
});

describe('observing a claim', () => {
  it('says how large the volume is, and what is asked for beyond that', async () => {
    const { claims, asked } = bedOf(aClaim({ requested: '2Gi', capacity: '1Gi' }));
    expect(await claims.observe(sized('2Gi'), false, signal)).toEqual({
      name: 'data-simplest-0',
      phase: 'Bound',
      size: '1Gi',
      wantedSize: '2Gi',
    });
    expect(asked).toEqual([]);
  });

  it('tells why a claim is pending, and why a pod does not get its volume', async () => {
    const event = 'Reason, note';
    const pending = bedOf(aClaim({ requested: '1Gi', phase: 'Pending' }), { event });
    const state = await pending.claims.observe(sized('1Gi'), true, signal);
    expect(state).toMatchObject({ phase: 'Pending', problem: event });
    const bound = bedOf(aClaim({ requested: '1Gi' }), { event });
    expect(await bound.claims.observe(sized('1Gi'), true, signal)).toMatchObject({
      mountProblem: event,
    });
    expect([...pending.asked, ...bound.asked]).toEqual([
      { namespace: 'tracing', kind: 'PersistentVolumeClaim', name: 'data-simplest-0' },
      { namespace: 'tracing', kind: 'Pod', name: 'simplest-0' },
    ]);
  });

  it('knows of none where traces are in memory', async () => {
    const { claims } = bedOf(undefined);
    expect(await claims.observe(normalize(anInstance()), true, signal)).toBeUndefined();
  });
});
