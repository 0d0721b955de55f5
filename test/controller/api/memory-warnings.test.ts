import { describe, expect, it } from 'vitest';
import { memoryWarnings } from '../../../src/controller/api/memory-warnings.ts';

const LIMIT = { limits: { memory: '512Mi' } };

describe('memoryWarnings', () => {
  it.each([
    [{ storage: { options: { memory: { 'max-bytes': '512Mi' } } } }, 'spec.storage.options'],
    [{ allInOne: { options: { 'memory.max-bytes': '512Mi' } } }, 'spec.allInOne.options'],
  ])('tells of a storage as large as the container: %j', (spec, path) => {
    expect(memoryWarnings({ resources: LIMIT, ...spec })).toEqual([
      {
        path: `${path}.memory.max-bytes`,
        message: "512Mi does not fit the all-in-one's memory limit of 512Mi",
      },
    ]);
  });

  it("judges the all-in-one's own limit and option, not those it overrides", () => {
    const storage = { options: { memory: { 'max-bytes': '600Mi' } } };
    const options = { memory: { 'max-bytes': '300Mi' } };
    expect(memoryWarnings({ storage, resources: LIMIT, allInOne: { options } })).toEqual([]);
    const resources = { limits: { memory: '1Gi' } };
    expect(memoryWarnings({ storage, resources: LIMIT, allInOne: { resources } })).toEqual([]);
  });

  it.each([{}, { resources: LIMIT }, { storage: { options: { 'memory.max-bytes': '9Gi' } } }])(
    'has nothing to say without both: %j',
    (spec) => {
      expect(memoryWarnings(spec)).toEqual([]);
    },
  );
});
