// Builds what is shipped into dist/: the UI, and the roles and tools as one command with its parts
// loaded when needed.
import { rm } from 'node:fs/promises';
import { build } from 'esbuild';
import { mustRun } from './run.ts';

await mustRun(process.execPath, ['scripts/build-ui.ts']);
await rm('dist/chunks', { recursive: true, force: true });
const started = performance.now();
const { metafile } = await build({
  entryPoints: { jaegerctl: 'src/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node26',
  minify: true,
  // Names of classes and functions are in error texts, logs and metrics.
  keepNames: true,
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  logLevel: 'warning',
  chunkNames: 'chunks/[name]-[hash]',
  // Loaded in a worker by its file name, for logs on a terminal only; a container has none.
  external: ['pino-pretty'],
  // Packages in CommonJS ask for these; modules do not have them.
  banner: {
    js: `import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url); const __filename = import.meta.filename; const __dirname = import.meta.dirname;`,
  },
});
const code = Object.entries(metafile.outputs).filter(([path]) => path.endsWith('.js'));
const bytes = code.reduce((total, [, output]) => total + output.bytes, 0);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(
  `dist/jaegerctl.js: ${code.length} files, ${(bytes / 1e6).toFixed(2)} MB, ${seconds} s`,
);
