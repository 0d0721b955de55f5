#!/usr/bin/env node
import { COMMANDS } from './tools/cli/command-table.ts';
import { runProgram } from './tools/cli/program.ts';

process.exitCode = await runProgram(process.argv.slice(2), COMMANDS);
