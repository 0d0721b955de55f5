/** Each benchmark answers one question; it is loaded only when it is asked for. */
const BENCHMARKS = new Map<string, () => Promise<(args: readonly string[]) => Promise<void>>>([
  ['ingest', async () => (await import('./ingest.ts')).benchIngest],
  ['agent', async () => (await import('./agent.ts')).benchAgent],
  ['udp', async () => (await import('./udp.ts')).benchUdp],
  ['codecs', async () => (await import('./codecs.ts')).benchCodecs],
  ['engine', async () => (await import('./engine.ts')).benchEngine],
  ['query', async () => (await import('./query.ts')).benchQuery],
  ['ui', async () => (await import('./ui.ts')).benchUi],
  ['operator', async () => (await import('./operator.ts')).benchOperator],
]);

const [name = '', ...args] = process.argv.slice(2);
const load = BENCHMARKS.get(name);
if (load === undefined) {
  console.error(`usage: npm run bench -- <${[...BENCHMARKS.keys()].join(' | ')}> [options]`);
  process.exitCode = 2;
} else {
  await (
    await load()
  )(args);
}
