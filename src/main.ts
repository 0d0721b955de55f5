#!/usr/bin/env node
import { endBySignal } from './runtime/signals.ts';
import { COMMANDS } from './tools/cli/command-table.ts';
import { GAVE_UP, runProgram } from './tools/cli/program.ts';

// `jaegerctl … | head` ends the reader first: nobody is left to tell, so stop as other tools do.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runProgram(process.argv.slice(2), COMMANDS);
if (process.exitCode === GAVE_UP) endBySignal('SIGTERM');
