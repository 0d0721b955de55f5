// Builds the image without a container engine and without a network: its files into dist/rootfs/,
// which the Dockerfile copies, and the same image as an archive into dist/image.tar, which
// `ctr images import` and `docker load` take. The last line printed is its reference.
// `--skip-build` takes dist/ as it is; `--name` sets another reference.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import packageJson from '../package.json' with { type: 'json' };
import { ROOT_FOLDER, imageConfig } from './dockerfile.ts';
import { writeImageArchive } from './image-archive.ts';
import { rootFiles, writeRootFolder } from './root-files.ts';
import { mustRun } from './run.ts';
import type { TarEntry } from './tar.ts';

const OUT = 'dist/image.tar';

const { values: options } = parseArgs({
  options: {
    'skip-build': { type: 'boolean', default: false },
    name: { type: 'string', default: `localhost/${packageJson.name}:${packageJson.version}` },
  },
});
const config = imageConfig(readFileSync('Dockerfile', 'utf8'));
if (!options['skip-build']) await mustRun(process.execPath, ['scripts/build.ts']);
const entries = rootFiles('dist');
writeRootFolder(ROOT_FOLDER, entries);
const { digest, bytes } = await writeImageArchive(OUT, { name: options.name, config, entries });
console.log(
  `${OUT}: ${megabytes(bytes)} (node ${sizeBelow('usr/bin/')}, its libraries ${sizeBelow('lib')}, application ${sizeBelow('app/')}), linux/${process.arch}, ${digest}`,
);
console.log(options.name);

function sizeBelow(folder: string): string {
  const below = entries.filter(({ path }: TarEntry) => path.startsWith(folder));
  return megabytes(below.reduce((total, { content }) => total + (content?.length ?? 0), 0));
}

function megabytes(size: number): string {
  return `${(size / 1e6).toFixed(1)} MB`;
}
