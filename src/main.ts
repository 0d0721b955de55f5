#!/usr/bin/env node
import { COMMANDS } from './tools/cli/command-table.ts';
import { runProgram } from './tools/cli/program.ts';

// `jaegerctl … | head` ends the reader first: nobody is left to tell, so stop as other tools do.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runProgram(process.argv.slice(2), COMMANDS);
