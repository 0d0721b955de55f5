import { describe, expect, it } from 'vitest';
import { problemText } from '../../../src/controller/api/problem.ts';
import { samplingProblems } from '../../../src/controller/api/sampling-problems.ts';

function problemsOf(options: Record<string, unknown>): readonly string[] {
  return samplingProblems({ sampling: { options } }).map((problem) =>
    problemText(problem).replace('spec.sampling.options.', ''),
  );
}

describe('samplingProblems', () => {
  it('takes what a collector takes', () => {
    expect(samplingProblems({})).toEqual([]);
    expect(
      problemsOf({
        default_strategy: { type: 'probabilistic', param: 0.5 },
        service_strategies: [
          { service: 'a', type: 'ratelimiting', param: 100 },
          { service: 'b', type: 'probabilistic' },
          {
            service: 'c',
            operation_strategies: [{ operation: 'x', type: 'probabilistic', param: 1 }],
          },
        ],
      }),
    ).toEqual([]);
    expect(problemsOf({ default_strategy: null, service_strategies: null })).toEqual([]);
  });

  it('names every field that is wrong, and what it takes', () => {
    expect(
      problemsOf({
        default_strategy: { type: 'adaptive' },
        service_strategies: [
          { service: 'a', type: 'probabilistic', param: '0.1' },
          { type: 'ratelimiting', param: -1 },
          'c',
          {
            service: 'd',
            type: 'probabilistic',
            operation_strategies: [{ operation: 'x', type: 'ratelimiting', param: 1 }, 7],
          },
          { service: 'e', param: 1 },
        ],
      }),
    ).toEqual([
      'default_strategy.type: "adaptive" is not allowed; give probabilistic | ratelimiting',
      'service_strategies[0].param: "0.1" is not allowed; give a probability from 0 to 1',
      'service_strategies[1].service: give the name of the service',
      'service_strategies[1].param: -1 is not allowed; give traces per second, 0 or more',
      'service_strategies[2]: must be a map',
      'service_strategies[3].operation_strategies[0].type: "ratelimiting" is not allowed; give probabilistic',
      'service_strategies[3].operation_strategies[1]: must be a map',
      'service_strategies[4].type: give probabilistic | ratelimiting',
    ]);
    expect(problemsOf({ service_strategies: {} })).toEqual(['service_strategies: must be a list']);
  });
});
