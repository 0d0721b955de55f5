// Every static check, in the order in which a mistake is cheapest to read. Stops at the first failure.
import { run } from './run.ts';

const bin = (name: string): string => `node_modules/.bin/${name}`;

const checks: readonly (readonly [string, string, readonly string[]])[] = [
  ['generated files are fresh', 'node', ['scripts/gen.ts', '--check']],
  ['format', bin('prettier'), ['--check', '--log-level', 'warn', '.']],
  ['types', bin('tsc'), ['-p', 'tsconfig.json']],
  ['types of the UI', bin('tsc'), ['-p', 'src/ui/tsconfig.json']],
  ['lint', bin('eslint'), ['--max-warnings', '0', '.']],
  ['import direction', bin('depcruise'), ['--config', '.dependency-cruiser.js', 'src']],
  ['dead code', bin('knip'), []],
];

for (const [title, command, args] of checks) {
  const started = performance.now();
  const code = await run(command, args);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (code !== 0) {
    console.error(`check failed: ${title} (${command} ${args.join(' ')})`);
    process.exitCode = 1;
    break;
  }
  console.log(`ok  ${title}  ${seconds} s`);
}
