import { describe, expect, it } from 'vitest';
import { memoryEnvironment } from '../../../src/controller/desired/memory-environment.ts';
import { desired } from './an-instance.ts';

const NO_OPTIONS = new Map<string, string>();

describe('memoryEnvironment', () => {
  it.each([
    ['128Mi', '16Mi', '16Mi'],
    ['256Mi', '60Mi', '32Mi'],
    ['512Mi', '156Mi', '64Mi'],
    ['700M', '214Mi', '83Mi'],
    [268_435_456, '60Mi', '32Mi'],
  ])('fits %s: %s of stored spans and %s of requests', (limit, stored, inFlight) => {
    expect(memoryEnvironment(limit, NO_OPTIONS)).toEqual([
      { name: 'MEMORY_MAX_BYTES', value: stored },
      { name: 'COLLECTOR_MAX_BYTES_IN_FLIGHT', value: inFlight },
    ]);
  });

  it.each([undefined, '2Gi', '1Ti', '1e9'])('says nothing for a limit of %s', (limit) => {
    expect(memoryEnvironment(limit, NO_OPTIONS)).toEqual([]);
  });

  it("leaves alone what the user's options say", () => {
    const options = new Map([['memory.max-bytes', '400Mi']]);
    expect(memoryEnvironment('512Mi', options)).toEqual([
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
                  { name: 'MEMORY_MAX_BYTES', value: '60Mi' },
                ],
              },
            ],
          },
        },
      },
    });
  });
});
