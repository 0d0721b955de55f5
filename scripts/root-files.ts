import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { TarEntry } from './tar.ts';

const USER = 65532;
const APP = 'app';

/**
 * Every file and folder of the image: Node, the libraries it is linked to, the account it runs
 * under, and what a build made in `dist`; no shell, nothing else. In the order of the archive.
 */
export function rootFiles(dist: string): readonly TarEntry[] {
  return withFolders([...runtimeFiles(), ...accountFiles(), ...applicationFiles(dist)]);
}

/** Makes `folder` hold exactly these. */
export function writeRootFolder(folder: string, entries: readonly TarEntry[]): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { path, mode, content } of entries) {
    const target = join(folder, path);
    if (content === undefined) mkdirSync(target);
    else writeFileSync(target, content);
    // The umask must not have a say.
    chmodSync(target, mode);
  }
}

/** Node from its npm package for this machine, and its shared libraries. */
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

/** Without symbols for a debugger, a fifth smaller, where the tool for that is there. */
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

/** Source maps stay out: they are for whoever debugs a build, and are kept beside it. */
function applicationFiles(dist: string): TarEntry[] {
  const names = ['jaegerctl.js', ...filesOf(dist, 'chunks'), ...filesOf(dist, 'ui')];
  return names
    .filter((name) => !name.endsWith('.map'))
    .map((name) => ({
      path: `${APP}/dist/${name}`,
      mode: 0o644,
      content: readFileSync(join(dist, name)),
    }));
}

function filesOf(dist: string, folder: string): string[] {
  return readdirSync(join(dist, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dist, join(entry.parentPath, entry.name)))
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
