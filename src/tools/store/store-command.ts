import { Command } from 'commander';
import { formatExamples } from '../cli/examples.ts';
import { checkCommand } from './check-command.ts';
import { compactCommand } from './compact-command.ts';
import { exportCommand } from './export-command.ts';
import { importCommand } from './import-command.ts';
import { statsCommand } from './stats-command.ts';

/** `jaegerctl store`: looks after the folder of the embedded storage. */
export function storeCommand(): Command {
  const command = new Command('store')
    .description('Check, count, copy and compact the folder of the embedded storage.')
    .addHelpText(
      'after',
      formatExamples([
        ['jaegerctl store check -d /data', 'compare every checksum; exit code 1 when one is wrong'],
        ['jaegerctl store stats -d /data', 'spans, bytes and services of each tenant'],
        ['jaegerctl store export -d /data --output backup.otlp.zst', 'copy all spans to a file'],
        ['jaegerctl store import -d /data backup.otlp.zst', 'put them into another store'],
        ['jaegerctl store compact -d /data', 'merge small blocks into large ones'],
      ]),
    );
  for (const part of [
    checkCommand(),
    statsCommand(),
    exportCommand(),
    importCommand(),
    compactCommand(),
  ]) {
    command.addCommand(part);
  }
  return command;
}
