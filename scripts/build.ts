// Builds what is shipped into dist/: the UI, and the roles and tools as one command with its parts
// loaded when needed.
import { rm } from 'node:fs/promises';
import { buildBundle } from './bundle.ts';
import { mustRun } from './run.ts';

await mustRun(process.execPath, ['scripts/build-ui.ts']);
await rm('dist/chunks', { recursive: true, force: true });
const started = performance.now();
const { files, bytes } = await buildBundle('dist');
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(`dist/jaegerctl.js: ${files} files, ${(bytes / 1e6).toFixed(2)} MB, ${seconds} s`);
