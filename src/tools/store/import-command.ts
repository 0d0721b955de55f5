import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { UsageError } from '../../runtime/errors.ts';
import { formatExamples } from '../cli/examples.ts';
import { importSpans } from './import-spans.ts';
import type { OtlpFile } from './read-otlp-file.ts';
import { directoryOption, requiredDirectory } from './store-flags.ts';
import { TERMINAL, offlineDeps } from './terminal.ts';

interface Flags {
  readonly directory?: string;
  readonly tenant: string;
  readonly archive: boolean;
}

/** `jaegerctl store import`. */
export function importCommand(): Command {
  return directoryOption(new Command('import'))
    .argument(
      '[files...]',
      'OTLP files, JSON lines or length-delimited, also compressed; - is stdin',
    )
    .description('Put the spans of OTLP files into a store, which is made when it is not there.')
    .option('--tenant <name>', 'the tenant that gets them', '')
    .option('--archive', 'put them into the archive, which is kept without limit of age', false)
    .addHelpText(
      'after',
      formatExamples([
        ['jaegerctl store import -d /data backup.otlp.zst', 'spans that are there are shown once'],
        ['jaegerctl store import -d /data --tenant team-a spans*.json', 'several files'],
        ['zcat spans.json.gz | jaegerctl store import -d /data -', 'from another program'],
      ]),
    )
    .action(run);
}

async function run(files: readonly string[], flags: Flags): Promise<void> {
  if (files.length === 0) throw new UsageError('give the files to import, or - for standard input');
  const request = {
    directory: resolve(requiredDirectory(flags.directory)),
    ...{ tenant: flags.tenant, isArchive: flags.archive },
  };
  const imported = await importSpans(files.map(fileNamed), request, offlineDeps());
  const { spans, messages, refused, lastRefusal } = imported;
  TERMINAL.err(`${spans} spans in ${messages} messages of ${imported.files} files\n`);
  if (refused === 0) return;
  TERMINAL.err(`${refused} spans are refused; the last one: ${lastRefusal ?? ''}\n`);
  process.exitCode = 1;
}

function fileNamed(name: string): OtlpFile {
  return name === '-'
    ? { name: 'standard input', open: () => process.stdin }
    : { name, open: () => createReadStream(name) };
}
