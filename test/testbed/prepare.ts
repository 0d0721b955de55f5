// Installs and builds, one after the other, what the tests of a run share: so that no two test files
// find the same thing missing at the same time. Does nothing when everything is there.
import { clientsUnavailable, ensureClients } from '../clients/client-programs.ts';
import { prepareJaeger } from './jaeger-programs.ts';
import { ensureBrowser, ensurePrograms } from './programs.ts';
import { testbedUnavailable } from './testbed-unavailable.ts';

const nodes = testbedUnavailable({ nodes: true }) === undefined;
if (nodes || testbedUnavailable() === undefined) await ensurePrograms({ nodes });
if (nodes) await ensureBrowser();
for (const toolchain of ['go', 'python'] as const) {
  if (clientsUnavailable(toolchain) === undefined) await ensureClients(toolchain);
}
await prepareJaeger();
