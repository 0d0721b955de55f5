import { randomBytes } from 'node:crypto';
import { Command, Option } from 'commander';
import { systemClock } from '../../runtime/clock.ts';
import { processEnvironment } from '../../runtime/env.ts';
import { firstStopSignal } from '../../runtime/signals.ts';
import { durationArgument, integerArgument } from '../cli/arguments.ts';
import { formatExamples } from '../cli/examples.ts';
import type { TraceSource } from './generate-trace.ts';
import { EXPORTERS, createSender } from './otlp-sender.ts';
import type { Exporter } from './otlp-sender.ts';
import { runTracegen } from './run-tracegen.ts';

interface Flags {
  readonly workers: number;
  readonly traces: number;
  readonly spans: number;
  readonly attrs: number;
  readonly attrKeys: number;
  readonly attrValues: number;
  readonly debug: boolean;
  readonly firehose: boolean;
  readonly pause: number;
  readonly duration: number;
  readonly service: string;
  readonly services: number;
  readonly traceExporter: Exporter;
}

/** `jaegerctl tracegen`, with the flags of Jaeger's load generator. */
export function tracegenCommand(): Command {
  return new Command('tracegen')
    .description('Generate traces and send them to a collector.')
    .option('--workers <n>', 'workers that make traces at the same time', integerArgument(1), 1)
    .option('--traces <n>', 'traces each worker makes', integerArgument(1), 1)
    .option('--spans <n>', 'child spans of each trace', integerArgument(0), 1)
    .option('--attrs <n>', 'attributes of each child span', integerArgument(0), 11)
    .option('--attr-keys <n>', 'distinct attribute keys', integerArgument(1), 97)
    .option('--attr-values <n>', 'distinct attribute values', integerArgument(1), 1000)
    .option('--debug', 'mark traces as debug', false)
    .option('--firehose', 'mark traces as firehose: not indexed', false)
    .option('--pause <duration>', 'wait between two traces of a worker', durationArgument, 0.001)
    .option(
      '--duration <duration>',
      'make traces for this long instead of --traces',
      durationArgument,
      0,
    )
    .option('--service <name>', 'service name', 'tracegen')
    .option(
      '--services <n>',
      'services; more than one adds a number to the name',
      integerArgument(1),
      1,
    )
    .addOption(
      new Option(
        '--trace-exporter <name>',
        'how to send; the target is OTEL_EXPORTER_OTLP_ENDPOINT',
      )
        .choices(EXPORTERS)
        .default('otlp-http'),
    )
    .addHelpText(
      'after',
      formatExamples([
        ['jaegerctl tracegen --traces 100 --spans 10', '100 traces of 11 spans, as fast as it can'],
        ['jaegerctl tracegen --duration 1m --pause 10ms', 'about 100 traces a second for a minute'],
        ['jaegerctl tracegen -traces 5 -trace-exporter otlp-grpc', 'over OTLP/gRPC'],
      ]),
    )
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const endpoint = processEnvironment()['OTEL_EXPORTER_OTLP_ENDPOINT'];
  const sender = createSender(flags.traceExporter, endpoint);
  const stop = new AbortController();
  void firstStopSignal().then(() => {
    stop.abort();
  });
  const started = systemClock.monotonic();
  const result = await runTracegen(
    {
      ...flags,
      attributes: flags.attrs,
      attributeKeys: flags.attrKeys,
      attributeValues: flags.attrValues,
      pauseMs: flags.pause,
      durationMs: flags.duration,
    },
    { sender, clock: systemClock, source: randomSource, signal: stop.signal },
  );
  sender.close();
  const seconds = (systemClock.monotonic() - started) / 1000;
  const rate = Math.round(result.sentSpans / Math.max(seconds, 0.001));
  process.stderr.write(
    `${result.traces} traces made, ${result.sentSpans} spans sent, ${result.failedSpans} failed, ` +
      `in ${seconds.toFixed(1)} s (${rate} spans/s)\n`,
  );
  if (result.failedSpans > 0) {
    throw new Error(`${result.failedSpans} spans were not taken: ${result.lastError}`);
  }
}

const randomSource: TraceSource = {
  randomBytes: (length) => randomBytes(length),
  randomInteger: (limit) => Math.floor(Math.random() * limit),
  nowUnixNano: () => BigInt(Date.now()) * 1_000_000n,
};
