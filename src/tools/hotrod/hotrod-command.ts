import { Command, InvalidArgumentError, Option } from 'commander';
import { processEnvironment } from '../../runtime/env.ts';
import { formatHostPort } from '../../runtime/setting.ts';
import { firstStopSignal } from '../../runtime/signals.ts';
import { durationArgument, integerArgument } from '../cli/arguments.ts';
import { formatExamples } from '../cli/examples.ts';
import { startHotrod } from './start-hotrod.ts';
import type { ExporterName } from './telemetry.ts';

interface Flags {
  readonly host: string;
  readonly port: number;
  readonly basepath: string;
  readonly jaegerUi: string;
  readonly otelExporter: ExporterName;
  readonly fixDbQueryDelay: number;
  readonly fixDisableDbConnMutex: boolean;
  readonly fixRouteWorkerPoolSize: number;
  readonly requestsPerSecond: number;
}

/** `jaegerctl hotrod`, with the flags of Jaeger's demo where they mean the same. */
export function hotrodCommand(): Command {
  return new Command('hotrod')
    .description('Run the ride-on-demand demo: six services, one page, traces over OTLP/HTTP.')
    .option('--host <host>', 'host of the web page', '127.0.0.1')
    .option('-p, --port <port>', 'port of the web page', integerArgument(0, 65_535), 8080)
    .option('-b, --basepath <path>', 'path the page is served under', basePath, '')
    .option('-j, --jaeger-ui <url>', 'UI that the page links to', 'http://localhost:16686')
    .addOption(
      new Option('-x, --otel-exporter <name>', 'otlp sends to OTEL_EXPORTER_OTLP_ENDPOINT')
        .choices(['otlp', 'stdout'])
        .default('otlp'),
    )
    .addOption(
      new Option('-D, --fix-db-query-delay <duration>', 'mean time of a query')
        .argParser(durationArgument)
        .default(300, '300ms'),
    )
    .option('-M, --fix-disable-db-conn-mutex', 'let queries run side by side', false)
    .option('-W, --fix-route-worker-pool-size <n>', 'route calls at a time', integerArgument(1), 3)
    .option('--requests-per-second <n>', 'rides the demo orders by itself', integerArgument(0), 0)
    .addHelpText(
      'after',
      formatExamples([
        ['jaegerctl hotrod', 'page at http://localhost:8080, traces to http://localhost:4318'],
        ['jaegerctl hotrod --requests-per-second 1', 'with a ride a second of its own'],
        ['jaegerctl hotrod -D 100ms -M -W 100', 'with all three bottlenecks fixed'],
      ]),
    )
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const endpoint = processEnvironment()['OTEL_EXPORTER_OTLP_ENDPOINT'];
  const stopped = firstStopSignal();
  const running = await startHotrod({
    hostPort: { host: flags.host, port: flags.port },
    basePath: flags.basepath,
    jaegerUi: flags.jaegerUi.replace(/\/$/, ''),
    exporter: flags.otelExporter,
    otlpEndpoint: endpoint ?? 'http://localhost:4318',
    dbQueryDelayMs: flags.fixDbQueryDelay,
    dbSingleConnection: !flags.fixDisableDbConnMutex,
    routeWorkers: flags.fixRouteWorkerPoolSize,
    ownRequestsPerSecond: flags.requestsPerSecond,
  });
  for (const address of running.addresses) {
    process.stderr.write(`hotrod ready at http://${formatHostPort(address)}${flags.basepath}/\n`);
  }
  await stopped;
  await running.stop();
}

function basePath(text: string): string {
  const path = text.replace(/\/+$/, '');
  if (path !== '' && !path.startsWith('/'))
    throw new InvalidArgumentError('Start it with a slash.');
  return path;
}
