import { resolve } from 'node:path';
import { Command } from 'commander';
import { integerArgument } from '../cli/arguments.ts';
import { formatExamples } from '../cli/examples.ts';
import { compactStore } from './compact-store.ts';
import type { Compacted } from './compact-store.ts';
import { directoryOption, outputOption, requiredDirectory } from './store-flags.ts';
import type { OutputFormat } from './store-flags.ts';
import { bytesText } from './store-output.ts';
import { requireStore } from './stored-store.ts';
import { TERMINAL, offlineDeps } from './terminal.ts';

interface Flags {
  readonly directory?: string;
  readonly tenant?: string;
  readonly maxSpans: number;
  readonly output: OutputFormat;
}

const SPANS_MAX = 524_288;

/** `jaegerctl store compact`. */
export function compactCommand(): Command {
  return directoryOption(new Command('compact'))
    .description('Merge neighbouring blocks of a store that no server has, in trace order.')
    .option('--tenant <name>', "only this tenant; '' is the one without a name")
    .option(
      '--max-spans <n>',
      'spans of a merged block; memory grows with it, about a kilobyte a span',
      integerArgument(1),
      SPANS_MAX,
    )
    .addOption(outputOption())
    .addHelpText(
      'after',
      formatExamples([
        ['jaegerctl store compact -d /data', 'fewer and smaller files, and faster searches'],
        ['jaegerctl store compact -d /data --max-spans 131072', 'with less memory'],
      ]),
    )
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const directory = resolve(requiredDirectory(flags.directory));
  await requireStore(directory);
  const { tenant, maxSpans } = flags;
  const compacted = await compactStore(directory, { spansMax: maxSpans, tenant }, offlineDeps());
  process.exitCode = report(compacted, flags.output);
}

function report(compacted: Compacted, output: OutputFormat): number {
  const { blocksBefore, blocksAfter, bytesBefore, bytesAfter, repeatedSpans, damaged } = compacted;
  if (output === 'json') {
    TERMINAL.out(`${JSON.stringify(compacted, undefined, 2)}\n`);
  } else {
    for (const { file, what } of damaged) TERMINAL.out(`${file}: left as it is: ${what}\n`);
    TERMINAL.out(
      `${blocksBefore} blocks of ${bytesText(bytesBefore)} are ${blocksAfter} of ${bytesText(bytesAfter)} now; ` +
        `${repeatedSpans} repeated spans are gone\n`,
    );
  }
  return damaged.length === 0 ? 0 : 1;
}
