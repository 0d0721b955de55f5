// Builds the image into dist/image.tar without a container engine and without a network: Node, the
// libraries it is linked to, and what `npm run build` makes; nothing else, no shell.
// `--skip-build` takes dist/ as it is; `--name` sets another reference.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import packageJson from '../package.json' with { type: 'json' };
import { writeImageArchive } from './image-archive.ts';
import { mustRun } from './run.ts';
import type { TarEntry } from './tar.ts';

const USER = 65532;
const OUT = 'dist/image.tar';
const APP = 'app';

const { values: options } = parseArgs({
  options: {
    'skip-build': { type: 'boolean', default: false },
    name: { type: 'string', default: `localhost/${packageJson.name}:${packageJson.version}` },
  },
});
if (!options['skip-build']) await mustRun(process.execPath, ['scripts/build.ts']);
const { digest, bytes } = await writeImageArchive(OUT, {
  name: options.name,
  config: {
    User: `${USER}:${USER}`,
    WorkingDir: `/${APP}`,
    Entrypoint: ['/usr/bin/node', `/${APP}/dist/jaegerctl.js`],
    Env: ['NODE_ENV=production', 'JAEGER_LISTEN_HOST=0.0.0.0'],
    Labels: {
      'org.opencontainers.image.title': packageJson.name,
      'org.opencontainers.image.version': packageJson.version,
      'org.opencontainers.image.licenses': packageJson.license,
    },
  },
  entries: withFolders([...runtimeFiles(), ...accountFiles(), ...applicationFiles()]),
});
console.log(`${options.name}@${digest}`);
console.log(`${OUT}: ${(bytes / 1e6).toFixed(1)} MB`);

/** Node from its npm package, stripped where that tool is there, and its shared libraries. */
function runtimeFiles(): TarEntry[] {
  const node = `node_modules/node-${process.platform}-${process.arch}/bin/node`;
  if (!existsSync(node)) throw new Error(`${node} is missing: npm install on Linux brings it`);
  const libraries = execFileSync('ldd', [node], { encoding: 'utf8' }).matchAll(/(?<= |\t)\/\S+/g);
  const paths = [...new Set([...libraries].map(([path]) => path))].sort();
  return [
    { path: 'usr/bin/node', mode: 0o755, content: stripped(node) },
    ...paths.map((path) => ({ path: path.slice(1), mode: 0o755, content: readFileSync(path) })),
  ];
}

function stripped(file: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'image-'));
  try {
    const copy = join(folder, 'node');
    copyFileSync(file, copy);
    execFileSync('strip', ['--strip-unneeded', copy]);
    return readFileSync(copy);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      console.error('no `strip` on this machine (package binutils): the image is larger');
      return readFileSync(file);
    }
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function accountFiles(): TarEntry[] {
  const passwd = `root:x:0:0:root:/:/none\njaeger:x:${USER}:${USER}:jaeger:/${APP}:/none\n`;
  return [
    { path: 'etc/passwd', mode: 0o644, content: Buffer.from(passwd) },
    { path: 'etc/group', mode: 0o644, content: Buffer.from(`root:x:0:\njaeger:x:${USER}:\n`) },
  ];
}

/** Source maps stay out: they are for whoever debugs a build, and are kept beside it in dist/. */
function applicationFiles(): TarEntry[] {
  const files = ['jaegerctl.js', ...filesOf('chunks'), ...filesOf('ui')];
  return [
    ...files.filter((name) => !name.endsWith('.map')).map((name) => `dist/${name}`),
    'LICENSE',
  ]
    .filter((path) => existsSync(path))
    .map((path) => ({ path: `${APP}/${path}`, mode: 0o644, content: readFileSync(path) }));
}

function filesOf(folder: string): string[] {
  return readdirSync(join('dist', folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice('dist/'.length))
    .sort();
}

/** Adds the folders the files lie in, and the ones a container is given its mounts on. */
function withFolders(files: readonly TarEntry[]): TarEntry[] {
  const folders = new Map<string, TarEntry>();
  const add = (path: string, mode = 0o755): void => {
    if (!folders.has(path)) folders.set(path, { path, mode });
  };
  for (const path of ['dev', 'proc', 'sys', 'etc']) add(path);
  add('tmp', 0o1777);
  for (const { path } of files) {
    const parts = path.split('/').slice(0, -1);
    for (let depth = 1; depth <= parts.length; depth++) add(parts.slice(0, depth).join('/'));
  }
  return [...folders.values(), ...files];
}
