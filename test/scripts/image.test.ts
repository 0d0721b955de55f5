import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { buildBundle } from '../../scripts/bundle.ts';
import { imageConfig } from '../../scripts/dockerfile.ts';
import { writeImageArchive } from '../../scripts/image-archive.ts';
import type { WrittenImage } from '../../scripts/image-archive.ts';
import { rootFiles, writeRootFolder } from '../../scripts/root-files.ts';
import type { TarEntry } from '../../scripts/tar.ts';

const dockerfile = readFileSync('Dockerfile', 'utf8');
const BUILD_TIMEOUT_MS = 180_000;
const LARGEST_IMAGE_BYTES = 140e6;

let folder: string;
beforeAll(() => {
  mkdirSync('dist', { recursive: true });
  folder = mkdtempSync('dist/image-test-');
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('the image', () => {
  let entries: readonly TarEntry[];
  let images: readonly WrittenImage[];
  beforeAll(async () => {
    const builds = [await build('one'), await build('two')];
    entries = builds[0]?.entries ?? [];
    images = builds.map(({ image }) => image);
  }, BUILD_TIMEOUT_MS);

  it('has the same digest however often it is built from the same tree', () => {
    const [one, two] = images;
    expect(one?.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(two).toEqual(one);
    expect(one?.bytes).toBeLessThan(LARGEST_IMAGE_BYTES);
  });

  it('holds Node, its libraries, the account and the application, and nothing else', () => {
    const files = entries.filter(({ content }) => content !== undefined).map(({ path }) => path);
    const libraries = files.filter((path) => /^(usr\/)?lib(64)?\/.*\.so\.\d+$/.test(path));
    const chunks = files.filter((path) => /^app\/dist\/chunks\/[\w-]+\.js$/.test(path));
    expect(libraries.length).toBeGreaterThan(0);
    expect(chunks.length).toBeGreaterThan(0);
    const known = new Set([...libraries, ...chunks]);
    expect(files.filter((path) => !known.has(path))).toEqual([
      'usr/bin/node',
      'etc/passwd',
      'etc/group',
      'app/dist/jaegerctl.js',
      'app/dist/ui/index.html',
    ]);
  });

  it('has one folder to write to, for temporary files', () => {
    const open = entries.filter(({ mode }) => (mode & 0o022) !== 0);
    expect(open).toEqual([{ path: 'tmp', mode: 0o1777 }]);
  });

  it('runs the command from its own files', () => {
    const root = join(folder, 'root');
    writeRootFolder(root, entries);
    expect(statSync(join(root, 'tmp')).mode & 0o7777).toBe(0o1777);
    const node = join(root, 'usr/bin/node');
    const version = execFileSync(node, [join(root, 'app/dist/jaegerctl.js'), '--version']);
    expect(version.toString()).toBe(`${packageJson.version}\n`);
  });
});

describe('imageConfig', () => {
  it('is what the Dockerfile says', () => {
    expect(imageConfig(dockerfile)).toEqual({
      User: '65532:65532',
      WorkingDir: '/app',
      Entrypoint: ['/usr/bin/node', '/app/dist/jaegerctl.js'],
      Env: [
        'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        'NODE_ENV=production',
        'JAEGER_LISTEN_HOST=0.0.0.0',
        'NODE_OPTIONS=--max-old-space-size-percentage=50 --max-semi-space-size=4',
        'MALLOC_MMAP_THRESHOLD_=131072',
        'MALLOC_ARENA_MAX=1',
      ],
      Labels: {
        'org.opencontainers.image.title': packageJson.name,
        'org.opencontainers.image.version': packageJson.version,
        'org.opencontainers.image.licenses': packageJson.license,
      },
    });
  });

  it.each([
    ['RUN true', 'RUN true: scripts/dockerfile.ts does not know how to do this'],
    ['ENV A=$HOME', 'ENV A=$HOME: scripts/dockerfile.ts does not know how to do this'],
    ['COPY src/ /src', 'COPY src/ /src: scripts/dockerfile.ts does not know how to do this'],
  ])('refuses %s, which this image is not made of', (line, message) => {
    expect(() => imageConfig(`${dockerfile}${line}\n`)).toThrow(`Dockerfile: ${message}`);
  });

  it('refuses another base image', () => {
    expect(() => imageConfig(dockerfile.replace('FROM scratch', 'FROM debian'))).toThrow(
      'Dockerfile: an image is FROM scratch and COPY dist/rootfs/ /',
    );
  });

  it('bounds the heap to half of the memory that a container may use', () => {
    const options = imageConfig(dockerfile).Env.find((pair) => pair.startsWith('NODE_OPTIONS='));
    const script =
      'console.log(v8.getHeapStatistics().heap_size_limit, process.constrainedMemory())';
    const env = { NODE_OPTIONS: options?.slice('NODE_OPTIONS='.length) };
    const said = execFileSync(process.execPath, ['-e', script], { env }).toString();
    const [heap = 0, constrained = 0] = said.split(' ').map(Number);
    const memory = constrained === 0 ? totalmem() : Math.min(constrained, totalmem());
    expect(heap).toBeGreaterThan(memory * 0.49);
    // The young generation comes on top.
    expect(heap).toBeLessThan(memory * 0.6);
  });
});

/** Everything from the sources on, except the UI, which has a build of its own. */
async function build(name: string): Promise<{ entries: readonly TarEntry[]; image: WrittenImage }> {
  const dist = join(folder, name);
  await buildBundle(dist);
  mkdirSync(join(dist, 'ui'));
  writeFileSync(join(dist, 'ui/index.html'), '<!doctype html>');
  cpSync(join(dist, 'ui/index.html'), join(dist, 'ui/index.js.map'));
  const entries = rootFiles(dist);
  const config = imageConfig(dockerfile);
  const image = await writeImageArchive(join(dist, 'image.tar'), { name: 'a:1', config, entries });
  return { entries, image };
}
