import { startCollector } from '../../src/collector/collector.ts';
import { collectorRoleSettings } from '../../src/collector/config.ts';
import type { Role } from '../../src/runtime/role.ts';
import { startInOrder } from '../../src/runtime/running.ts';
import type { TraceWriter } from '../../src/storage/storage.ts';
import { runProgram } from '../../src/tools/cli/program.ts';
import { roleCommand } from '../../src/tools/cli/role-command.ts';

/*
 * A program: the collector, with a storage that only counts and says how much it has when all the
 * rest has stopped. Storing takes a moment, so that a stop finds spans on their way.
 */
const STORING_MS = 3;

let stored = 0;
const writer: TraceWriter = {
  write: async ({ scan }) => {
    await new Promise((resolve) => setTimeout(resolve, STORING_MS));
    stored += scan.count;
    return { accepted: scan.count, refused: [], dropped: [] };
  },
};

const countingCollector: Role<typeof collectorRoleSettings> = {
  name: 'collector',
  settings: collectorRoleSettings,
  adminHostPort: ({ admin }) => admin,
  start: (config, deps) => {
    const telling = {
      addresses: [],
      stop: (): Promise<void> => {
        process.stdout.write(`stored at the end: ${stored}\n`);
        return Promise.resolve();
      },
    };
    return startInOrder([
      () => Promise.resolve(telling),
      () => startCollector(config.collector, { ...deps, storage: { writer } }),
    ]);
  },
};

const summary = 'A collector that counts.';
process.exitCode = await runProgram(
  ['collector', ...process.argv.slice(2)],
  [
    {
      name: 'collector',
      group: 'Roles',
      summary,
      load: () => Promise.resolve(roleCommand(countingCollector, { summary, examples: [] })),
    },
  ],
);
