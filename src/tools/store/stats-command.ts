import { Command } from 'commander';
import { integerArgument } from '../cli/arguments.ts';
import { formatExamples } from '../cli/examples.ts';
import { directoryOption, outputOption, requiredDirectory } from './store-flags.ts';
import type { OutputFormat } from './store-flags.ts';
import { reportStats, storeStats } from './store-stats.ts';
import { chosenTenants, lookAtStore } from './stored-store.ts';
import { TERMINAL } from './terminal.ts';

interface Flags {
  readonly directory?: string;
  readonly tenant?: string;
  readonly services: number;
  readonly output: OutputFormat;
}

const SERVICES_SHOWN = 10;

/** `jaegerctl store stats`. */
export function statsCommand(): Command {
  return directoryOption(new Command('stats'))
    .description('Count spans, bytes and services of each tenant. Nothing is changed.')
    .option('--tenant <name>', "only this tenant; '' is the one without a name")
    .option(
      '--services <n>',
      'services to show for each tenant, those with most spans first',
      integerArgument(0),
      SERVICES_SHOWN,
    )
    .addOption(outputOption())
    .addHelpText(
      'after',
      formatExamples([
        ['jaegerctl store stats -d /data', 'a line for each tenant and for its archive'],
        ['jaegerctl store stats -d /data --tenant team-a -o json', 'one tenant, for a program'],
      ]),
    )
    .action(async ({ directory, tenant, services, output }: Flags) => {
      const store = await lookAtStore(requiredDirectory(directory));
      const tenants =
        tenant === undefined ? store.tenants : chosenTenants(store, { tenant, isArchive: false });
      const stats = await storeStats(store, tenants, services);
      reportStats(store, stats, { format: output, to: TERMINAL });
    });
}
