import { homedir } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { processEnvironment } from '../runtime/env.ts';
import { UsageError } from '../runtime/errors.ts';
import { defaultDataDir } from './data-dir.ts';
import { runUp } from './run-up.ts';
import type { UpOptions } from './run-up.ts';

interface Flags {
  readonly filename?: string;
  readonly demo: boolean;
  readonly quiet: boolean;
  readonly portOffset: number;
  readonly stateDir: string;
  readonly dataDir?: string;
}

const EXAMPLES = `
Examples:
  jaegerctl up -f deploy/samples/simplest.yaml
      run the instance here; Ctrl-C stops it
  jaegerctl up -f deploy/samples/all-in-one-embedded.yaml
      the same with traces that are still there the next time
  jaegerctl up -f deploy/samples/simplest.yaml --demo
      with the HotROD demo, which makes a trace a second
  jaegerctl up -f deploy/samples/simplest.yaml --port-offset 1000
      beside something else that has the usual ports: the UI is at 17686
`;

/** `jaegerctl up`. */
export function upCommand(): Command {
  return new Command('up')
    .description('Run a JaegerInstance as local processes, with what the operator would deploy.')
    .option('-f, --filename <file>', 'YAML file with one JaegerInstance')
    .option('--demo', 'run the HotROD demo too', false)
    .option('--quiet', 'let the demo make no requests by itself', false)
    .option('--port-offset <n>', 'added to every port', portOffset, 0)
    .option('--state-dir <folder>', 'where logs and files of the instance are kept', '.jaeger')
    .option(
      '--data-dir <folder>',
      'where instances with embedded storage keep their traces, each in a folder of its name ' +
        '(default: jaegerctl in $XDG_STATE_HOME or ~/.local/state)',
    )
    .addHelpText('after', EXAMPLES)
    .action((flags: Flags) => runUp(optionsOf(flags)));
}

function optionsOf(flags: Flags): UpOptions {
  const { filename, dataDir, ...rest } = flags;
  const env = processEnvironment();
  // Not a required option: that would be reported before a misspelt one.
  if (filename === undefined) throw new UsageError('give the instance to run: -f <file>');
  return {
    ...rest,
    file: filename,
    dataDir: dataDir ?? defaultDataDir(env, homedir()),
    program: { execPath: process.execPath, script: process.argv[1] ?? '' },
    env,
    output: process.stdout,
  };
}

function portOffset(text: string): number {
  const offset = Number(text);
  if (text.trim() !== '' && Number.isInteger(offset) && offset >= 0) return offset;
  throw new InvalidArgumentError('Give an integer from 0.');
}
