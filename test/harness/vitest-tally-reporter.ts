import type { Reporter, TestModule } from 'vitest/node';

/**
 * Closes a run with `N passed, N failed, N skipped` alone on a line. A module that failed to load,
 * a suite whose set-up failed, or an error outside any test counts as a failure: it hides tests that
 * never ran.
 */
// eslint-disable-next-line no-restricted-syntax -- vitest loads a reporter file by its default export
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tally = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) tally[test.result().state] += 1;
      const suites = [module, ...module.children.allSuites()];
      tally.failed += suites.filter((suite) => suite.errors().length > 0).length;
    }
    const skipped = tally.skipped + tally.pending;
    process.stdout.write(`\n${tally.passed} passed, ${tally.failed} failed, ${skipped} skipped\n`);
  }
}
