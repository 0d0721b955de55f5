// Ends what test clusters left on this machine: `node test/testbed/down.ts`, with `--all` also
// those whose test run still goes on.
import { leftClusters, releaseCluster } from './cluster-folder.ts';

const which = process.argv.includes('--all') ? 'all' : 'abandoned';
for (const folder of await leftClusters(which)) {
  await releaseCluster(folder);
  process.stdout.write(`ended ${folder.path}\n`);
}
