import { build } from 'esbuild';
import type { Plugin } from 'esbuild';

export interface Bundle {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Bundles the roles and tools into `folder` as one command, `jaegerctl.js`, and `chunks/` that it
 * loads when they are needed. Same sources, same bytes. Source maps lie beside the code.
 */
export async function buildBundle(folder: string): Promise<Bundle> {
  const { metafile } = await build({
    entryPoints: {
      jaegerctl: 'src/main.ts',
      // Worker threads: `src/runtime/thread-file.ts` finds them beside the command.
      'jaeger-udp-thread': 'src/receivers/jaeger-udp-thread.ts',
      'embedded-block-thread': 'src/storage/embedded/embedded-block-thread.ts',
    },
    outdir: folder,
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
    plugins: [HTTP_BY_REQUIRE],
    // Packages in CommonJS ask for these; modules do not have them.
    banner: {
      js: `import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url); const __filename = import.meta.filename; const __dirname = import.meta.dirname;`,
    },
  });
  const code = Object.entries(metafile.outputs).filter(([path]) => path.endsWith('.js'));
  return { files: code.length, bytes: code.reduce((total, [, { bytes }]) => total + bytes, 0) };
}

/**
 * A module that imports `node:http` asks it for each of its exports, and those for WebSocket load an
 * HTTP client that takes 17 MB. Requiring it loads what is used.
 */
const HTTP_BY_REQUIRE: Plugin = {
  name: 'http-by-require',
  setup: (bundler) => {
    bundler.onResolve({ filter: /^(node:)?http$/ }, ({ kind, path }) =>
      kind === 'require-call' ? undefined : { path, namespace: 'required' },
    );
    bundler.onLoad({ filter: /^/, namespace: 'required' }, ({ path }) => ({
      contents: `module.exports = require('${path}');`,
    }));
  },
};
