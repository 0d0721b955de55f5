import { startCollector } from '../../src/collector/collector.ts';
import { collectorRole } from '../../src/collector/role.ts';
import { listSettings } from '../../src/runtime/resolve-config.ts';
import { settingsOfRole, startRole } from '../../src/runtime/run-role.ts';
import { createSamplingProvider } from '../../src/sampling/sampling-provider.ts';
import type { TraceWriter } from '../../src/storage/storage.ts';

/*
 * The collector as it is, with a storage that outlives it: an OTLP/HTTP endpoint, TARGET. Flags
 * `--name=value` are those of the collector. Prints the ports of OTLP/HTTP and of the metrics.
 */

const target = process.argv[2] ?? '';
const flags = process.argv.slice(3).map((flag): [string, string] => {
  const at = flag.indexOf('=');
  return [flag.slice(2, at), flag.slice(at + 1)];
});
const ANY_PORT = [...listSettings(settingsOfRole(collectorRole))]
  .filter(({ setting }) => setting.flag.endsWith('host-port'))
  .map(({ setting }): [string, string] => [setting.flag, ':0']);

const writer: TraceWriter = {
  write: async (batch, signal) => {
    const headers = { 'content-type': 'application/x-protobuf' };
    const body = Buffer.from(batch.otlp);
    const answer = await fetch(`${target}/v1/traces`, { method: 'POST', headers, body, signal });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`the storage answers ${answer.status}`);
    return { accepted: batch.scan.count, refused: [], dropped: [] };
  },
};

const running = await startRole(
  {
    ...collectorRole,
    start: async (config, deps) =>
      startCollector(config.collector, {
        ...deps,
        storage: { writer },
        sampling: await createSamplingProvider(config.sampling, deps),
      }),
  },
  {
    flags: new Map([...ANY_PORT, ['log-level', 'error'], ...flags]),
    env: {},
    file: null,
    fileName: '',
  },
);
const portOf = (name: string): number =>
  running.addresses.find((address) => address.name === name)?.port ?? 0;
process.once('SIGTERM', () => {
  void running.stop();
});
process.stdout.write(`${JSON.stringify({ otlp: portOf('otlp http'), admin: portOf('admin') })}\n`);
