// `npm test` = static checks + every tier; `npm run test:fast` = checks + unit tests, for the inner loop.
// Further arguments go to vitest: `npm test -- query`.
import { run } from './run.ts';

const fast = process.argv.includes('--fast');
const passedOn = process.argv.slice(2).filter((argument) => argument !== '--fast');
const projects = fast ? ['--project', 'unit', '--project', 'ui'] : [];

const checked = await run('node', ['scripts/check.ts']);
const built = checked === 0 ? await run('node', ['scripts/build-ui.ts', '--if-stale']) : checked;
const tested =
  built === 0 ? await run('node_modules/.bin/vitest', ['run', ...projects, ...passedOn]) : built;
process.exitCode = tested;
