// `npm test` = static checks + every tier; `npm run test:fast` = checks + unit tests, for the inner loop.
// Further arguments go to vitest: `npm test -- query`. Stops at the first step that fails.
import { run } from './run.ts';

const fast = process.argv.includes('--fast');
const passedOn = process.argv.slice(2).filter((argument) => argument !== '--fast');
const projects = fast ? ['--project', 'unit', '--project', 'ui'] : [];

const steps: readonly (readonly [string, readonly string[]])[] = [
  ['node', ['scripts/check.ts']],
  ['node', ['scripts/build-ui.ts', '--if-stale']],
  ...(fast ? [] : ([['node', ['test/testbed/prepare.ts']]] as const)),
  ['node_modules/.bin/vitest', ['run', ...projects, ...passedOn]],
];

for (const [command, args] of steps) {
  process.exitCode = await run(command, args);
  if (process.exitCode !== 0) break;
}
