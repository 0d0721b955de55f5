import { describe, expect, it } from 'vitest';
import {
  COLLECTED,
  EMBEDDED,
  STORED_IN_MEMORY,
  memoryEnvironment,
} from '../../../src/controller/desired/memory-environment.ts';
import { desired } from './an-instance.ts';

const NO_OPTIONS = new Map<string, string>();
const BOUNDS = [STORED_IN_MEMORY, COLLECTED];

describe('memoryEnvironment', () => {
  it.each([
    ['128Mi', '16Mi', '16Mi'],
    ['256Mi', '45Mi', '32Mi'],
    ['512Mi', '125Mi', '64Mi'],
    ['700M', '173Mi', '83Mi'],
    [268_435_456, '45Mi', '32Mi'],
  ])('fits %s: %s of stored spans and %s of requests', (limit, stored, inFlight) => {
    expect(memoryEnvironment(limit, NO_OPTIONS, BOUNDS)).toEqual([
      { name: 'MEMORY_MAX_BYTES', value: stored },
      { name: 'COLLECTOR_MAX_BYTES_IN_FLIGHT', value: inFlight },
    ]);
  });

  it.each([undefined, '2Gi', '1Ti', '1e9'])('says nothing for a limit of %s', (limit) => {
    expect(memoryEnvironment(limit, NO_OPTIONS, BOUNDS)).toEqual([]);
  });

  it.each([
    ['128Mi', ['16Mi', '16Mi']],
    ['256Mi', ['32Mi', '32Mi']],
    ['512Mi', []],
    ['1Gi', []],
  ])('fits %s: spans on their way to a block and pages of blocks', (limit, values) => {
    const names = ['EMBEDDED_MAX_HEAD_BYTES', 'EMBEDDED_CACHE_BYTES'];
    expect(memoryEnvironment(limit, NO_OPTIONS, EMBEDDED)).toEqual(
      values.map((value, at) => ({ name: names[at], value })),
    );
  });

  it("leaves alone what the user's options say", () => {
    const options = new Map([['memory.max-bytes', '400Mi']]);
    expect(memoryEnvironment('512Mi', options, BOUNDS)).toEqual([
      { name: 'COLLECTOR_MAX_BYTES_IN_FLIGHT', value: '64Mi' },
    ]);
  });
});

describe('the all-in-one container', () => {
  it('is told what fits its memory limit, unless its own environment says more', () => {
    const env = [{ name: 'COLLECTOR_MAX_BYTES_IN_FLIGHT', value: '20Mi' }];
    const limits = { memory: '256Mi' };
    expect(
      desired('Deployment', 'simplest', { allInOne: { env, resources: { limits } } }),
    ).toMatchObject({
      spec: {
        template: {
          spec: {
            containers: [
              {
                env: [
                  { name: 'COLLECTOR_MAX_BYTES_IN_FLIGHT', value: '20Mi' },
                  { name: 'SPAN_STORAGE_TYPE', value: 'memory' },
                  { name: 'JAEGER_LISTEN_HOST', value: '0.0.0.0' },
                  { name: 'MEMORY_MAX_BYTES', value: '45Mi' },
                ],
              },
            ],
          },
        },
      },
    });
  });
});
