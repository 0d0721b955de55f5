import { basename } from 'node:path';
import { build } from 'esbuild';

const FOLDER = '.cache/bench';

/**
 * Bundles a program as the product is bundled, and resolves to the file to run: loading sources would
 * add tens of megabytes to its memory, and seconds of the compiler to its CPU time.
 */
export async function bundled(entry: string): Promise<string> {
  const outfile = `${FOLDER}/${basename(entry, '.ts')}.mjs`;
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node26',
    minify: true,
    keepNames: true,
    external: ['pino-pretty'],
    // Packages in CommonJS ask for it; modules do not have it.
    banner: {
      js: `import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url); const __filename = import.meta.filename; const __dirname = import.meta.dirname;`,
    },
    logLevel: 'warning',
  });
  return outfile;
}
