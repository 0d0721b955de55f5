import { randomBytes } from 'node:crypto';
import { Command, InvalidArgumentError, Option } from 'commander';
import { systemClock } from '../../runtime/clock.ts';
import { processEnvironment } from '../../runtime/env.ts';
import { parseGoDuration } from '../../runtime/go-duration.ts';
import { firstStopSignal } from '../../runtime/signals.ts';
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
    .option('--workers <n>', 'workers that make traces at the same time', integer(1), 1)
    .option('--traces <n>', 'traces each worker makes', integer(1), 1)
    .option('--spans <n>', 'child spans of each trace', integer(0), 1)
    .option('--attrs <n>', 'attributes of each child span', integer(0), 11)
    .option('--attr-keys <n>', 'distinct attribute keys', integer(1), 97)
    .option('--attr-values <n>', 'distinct attribute values', integer(1), 1000)
    .option('--debug', 'mark traces as debug', false)
    .option('--firehose', 'mark traces as firehose: not indexed', false)
    .option('--pause <duration>', 'wait between two traces of a worker', durationMs, 0.001)
    .option('--duration <duration>', 'make traces for this long instead of --traces', durationMs, 0)
    .option('--service <name>', 'service name', 'tracegen')
    .option('--services <n>', 'services; more than one adds a number to the name', integer(1), 1)
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

function integer(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < min) {
      throw new InvalidArgumentError(`Give an integer from ${min}.`);
    }
    return value;
  };
}

function durationMs(text: string): number {
  const nanos = parseGoDuration(text);
  if (nanos === undefined || nanos < 0) {
    throw new InvalidArgumentError('Give a duration such as 10ms, 30s or 1h.');
  }
  return nanos / 1e6;
}
