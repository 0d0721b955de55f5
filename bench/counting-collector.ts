import { createLogger } from '../src/runtime/logger.ts';
import { startCollector } from '../src/collector/collector.ts';
import { collectorRole } from '../src/collector/role.ts';
import { startRole } from '../src/runtime/run-role.ts';
import { firstStopSignal } from '../src/runtime/signals.ts';
import type { TraceWriter } from '../src/storage/storage.ts';

/*
 * The collector as it is, but for its storage, which counts spans and forgets them:
 * node counting-collector.ts [--flag=value …]. Prints its addresses as one line of JSON.
 */
const counting: TraceWriter = {
  write: ({ scan }) => Promise.resolve({ accepted: scan.count, refused: [], dropped: [] }),
};
const flags = new Map(
  process.argv.slice(2).map((argument): [string, string] => {
    const at = argument.indexOf('=');
    return [argument.slice(2, at), argument.slice(at + 1)];
  }),
);
const role: typeof collectorRole = {
  ...collectorRole,
  start: (config, deps) => {
    const logger = createLogger({ level: 'warn', format: 'json' }, 'collector');
    return startCollector(config.collector, { ...deps, logger, storage: { writer: counting } });
  },
};
const running = await startRole(role, { flags, env: {}, file: null, fileName: '' });
console.log(
  JSON.stringify({
    addresses: Object.fromEntries(
      running.addresses.map(({ name, host, port }) => [name, `${host}:${port}`]),
    ),
  }),
);
await firstStopSignal();
await running.stop();
