import { Command, Option } from 'commander';
import { systemClock } from '../../runtime/clock.ts';
import { UsageError } from '../../runtime/errors.ts';
import type { StoredTenant } from '../../storage/embedded/stored-files.ts';
import { formatExamples } from '../cli/examples.ts';
import { exportTo, exportToFile } from './export-store.ts';
import type { Exported } from './export-store.ts';
import { OTLP_FILE_ENCODINGS, formatOfName } from './otlp-file-format.ts';
import type { OtlpFileEncoding } from './otlp-file-format.ts';
import { bytesText } from './store-output.ts';
import { directoryOption, requiredDirectory, timeArgument } from './store-flags.ts';
import { chosenTenants, heldNote, lookAtStore, tenantText } from './stored-store.ts';
import type { StoredStore } from './stored-store.ts';
import { TERMINAL } from './terminal.ts';

interface Flags {
  readonly directory?: string;
  readonly tenant?: string;
  readonly archive: boolean;
  readonly output?: string;
  readonly encoding?: OtlpFileEncoding;
  readonly from?: bigint;
  readonly to?: bigint;
}

const LAST_NANO = 2n ** 64n - 1n;

/** `jaegerctl store export`. */
export function exportCommand(): Command {
  const time = timeArgument(() => systemClock.now());
  return directoryOption(new Command('export'))
    .description('Copy the spans of a tenant to an OTLP file. Nothing is changed.')
    .option(
      '--tenant <name>',
      "the tenant; '' is the one without a name. Needed when there are several",
    )
    .option('--archive', 'the archived traces instead of the others', false)
    .option(
      '--output <file>',
      'where to; - is standard output. .json is a message a line, .gz and .zst compress',
    )
    .addOption(
      new Option('--encoding <name>', 'instead of the one the name of the file says').choices(
        OTLP_FILE_ENCODINGS,
      ),
    )
    .option('--from <time>', 'spans that start from then on: a time, or 2h for 2 hours ago', time)
    .option('--to <time>', 'spans that start up to then', time)
    .addHelpText(
      'after',
      formatExamples([
        ['jaegerctl store export -d /data --output backup.otlp.zst', 'all spans, compressed'],
        [
          'jaegerctl store export -d /data --from 24h --output day.json.gz',
          'the last day, as JSON',
        ],
        ['jaegerctl store export -d /data --tenant team-a --output - | gzip', 'to another program'],
      ]),
    )
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const { output, encoding, from = 0n, to = LAST_NANO } = flags;
  if (output === undefined) throw new UsageError('give the file to write: --output <file>, or -');
  const store = await lookAtStore(requiredDirectory(flags.directory));
  const tenant = onlyTenant(store, flags);
  if (store.heldBy !== undefined) TERMINAL.err(`${heldNote(store.heldBy)}\n`);
  const request = {
    ...{ store, tenant, times: { fromNano: from, toNano: to } },
    format: formatOfName(output, encoding),
  };
  const exported =
    output === '-' ? await exportTo(request, process.stdout) : await exportToFile(request, output);
  process.exitCode = report(exported, tenant);
}

function onlyTenant(store: StoredStore, flags: Flags): StoredTenant {
  const [tenant, another] = chosenTenants(store, {
    tenant: flags.tenant,
    isArchive: flags.archive,
  });
  if (tenant === undefined) throw new UsageError('there is nothing to export');
  if (another === undefined) return tenant;
  const names = store.tenants
    .filter(({ isArchive }) => isArchive === flags.archive)
    .map(({ name }) => `'${name}'`);
  throw new UsageError(`--tenant: name one of ${names.join(', ')}`);
}

function report(exported: Exported, tenant: StoredTenant): number {
  const { spans, messages, bytes, damagedPages, damagedRecords } = exported;
  TERMINAL.err(
    `${spans} spans of ${tenantText(tenant)} in ${messages} messages (${bytesText(bytes)} before compression)\n`,
  );
  if (damagedPages + damagedRecords === 0) return 0;
  TERMINAL.err(`${damagedPages} pages and ${damagedRecords} records are damaged and left out\n`);
  return 1;
}
