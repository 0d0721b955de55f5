import { Command, CommanderError } from 'commander';
import { GaveUpError, UsageError, errorText } from '../../runtime/errors.ts';
import { VERSION } from '../../runtime/version.ts';
import type { CommandEntry } from './command-entry.ts';
import { formatExamples } from './examples.ts';

const EXAMPLES = formatExamples([
  ['jaegerctl up -f deploy/samples/simplest.yaml', 'run an instance as local processes'],
  ['jaegerctl plan -f instance.yaml', 'show the objects the operator would apply'],
  ['jaegerctl collector --help', 'every setting of a role'],
]);

/** Exit codes of every command: done, failed, used wrongly. */
const EXIT = { done: 0, failed: 1, usage: 2 } as const;

/** What a shell shows of a process that SIGTERM ended: for one that cannot end in order. */
export const GAVE_UP = 143;

/**
 * Runs one command line.
 * @param argv the arguments after the program's name
 * @returns the exit code, or GAVE_UP for a process that has to be ended at once; what went wrong has been written to standard error, one sentence.
 */
export async function runProgram(
  argv: readonly string[],
  commands: readonly CommandEntry[],
): Promise<number> {
  const asked = commands.find((entry) => entry.name === commandNameOf(argv));
  const loaded = await asked?.load();
  const program = createProgram(commands, loaded);
  try {
    await program.parseAsync(asked?.goFlags === true ? goFlags(argv) : [...argv], { from: 'user' });
    return typeof process.exitCode === 'number' ? process.exitCode : EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.code === 'commander.unknownOption' && !error.message.includes('Did you mean')) {
        const pointer = asked === undefined ? 'jaegerctl' : `jaegerctl ${asked.name}`;
        process.stderr.write(`see ${pointer} --help\n`);
      }
      return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    }
    const name = asked === undefined ? 'jaegerctl' : `jaegerctl ${asked.name}`;
    process.stderr.write(`${name}: ${errorText(error)}\n`);
    if (error instanceof GaveUpError) return GAVE_UP;
    return error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
}

/** `jaegerctl help plan` loads plan too: its help is what is asked for. */
function commandNameOf(argv: readonly string[]): string | undefined {
  const names = argv.filter((argument) => !argument.startsWith('-'));
  return names[0] === 'help' ? names[1] : names[0];
}

/** `-workers 3` means `--workers 3`. */
function goFlags(argv: readonly string[]): string[] {
  return argv.map((argument) => (/^-[a-z]{2}/.test(argument) ? `-${argument}` : argument));
}

function createProgram(commands: readonly CommandEntry[], loaded: Command | undefined): Command {
  const program = new Command('jaegerctl')
    .description('A tracing system compatible with Jaeger, and the operator that runs it.')
    .version(VERSION, '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureOutput({ outputError: writeError });
  for (const entry of commands) {
    const command =
      loaded?.name() === entry.name ? loaded : new Command(entry.name).description(entry.summary);
    program.addCommand(command.helpGroup(`${entry.group}:`).summary(entry.summary));
    command.exitOverride().configureOutput({ outputError: writeError });
    for (const part of command.commands) part.copyInheritedSettings(command);
  }
  return program;
}

function writeError(text: string, write: (text: string) => void): void {
  write(text.replace(/^error: /, 'jaegerctl: '));
}
