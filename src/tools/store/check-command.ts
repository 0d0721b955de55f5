import { Command } from 'commander';
import { formatExamples } from '../cli/examples.ts';
import { checkStore, reportCheck } from './check-store.ts';
import { directoryOption, outputOption, requiredDirectory } from './store-flags.ts';
import type { OutputFormat } from './store-flags.ts';
import { lookAtStore } from './stored-store.ts';
import { TERMINAL } from './terminal.ts';

interface Flags {
  readonly directory?: string;
  readonly output: OutputFormat;
}

/** `jaegerctl store check`. */
export function checkCommand(): Command {
  return directoryOption(new Command('check'))
    .description('Read everything and compare every checksum. Nothing is changed.')
    .addOption(outputOption())
    .addHelpText(
      'after',
      formatExamples([
        ['jaegerctl store check -d /data', 'name what is damaged; exit code 1 when something is'],
        ['jaegerctl store check -d /data -o json', 'the same for a program'],
      ]),
    )
    .action(async ({ directory, output }: Flags) => {
      const check = await checkStore(await lookAtStore(requiredDirectory(directory)));
      process.exitCode = reportCheck(check, output, TERMINAL);
    });
}
