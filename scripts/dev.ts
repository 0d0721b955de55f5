// `npm run dev`: the product under watch. The all-in-one restarts when a source file changes, Vite
// serves the UI with hot reload and passes /api on to it, and the demo makes a ride a second.
import { spawn } from 'node:child_process';

const commands: readonly (readonly [string, readonly string[]])[] = [
  ['node', ['--watch', '--watch-preserve-output', 'src/main.ts', 'all-in-one']],
  ['node', ['src/main.ts', 'hotrod', '--requests-per-second', '1']],
  ['node_modules/.bin/vite', []],
];

const children = commands.map(([command, args]) => spawn(command, args, { stdio: 'inherit' }));
const endAll = (): void => {
  for (const child of children) child.kill('SIGTERM');
};
process.once('SIGINT', endAll);
process.once('SIGTERM', endAll);
for (const child of children) child.once('exit', endAll);
