import { parseArgs } from 'node:util';
import { encodeSpans } from '../src/wire/otlp/encode-trace.ts';
import { sendOtlp, startAllInOne } from './all-in-one.ts';
import { largeTrace } from './large-trace.ts';
import { readCount } from './read-count.ts';
import { startReference } from './ui-reference.ts';
import { measureNothing, measureSearch, measureTrace, middle } from './ui-measures.ts';
import type { HostFigures, SearchFigures, TraceFigures } from './ui-measures.ts';
import { jaegerUi, ownUi } from './ui-pages.ts';
import type { UiUnderTest } from './ui-pages.ts';
import { printHost, printSearch, printTraces } from './ui-table.ts';

const USAGE = `usage: npm run bench -- ui [options]

The UI in headless Chromium with a cold cache, on traces in the memory of an all-in-one: when pages can
be used, the longest task, memory. Each figure is the median of the runs, with the gate and the aim.

  --spans LIST        sizes of the traces (20,1k,10k,50k,100k)
  --runs N            (3)
  --ui FOLDER         a build of the UI (dist/ui)
  --peer-otlp URL     another OTLP/HTTP server that runs already, which is sent the same
  --peer-query URL    its query service with Jaeger's UI, which is opened in the same way
  --help`;

const SERVER_CORE = 0;
/** The root service of every trace of \`large-trace.ts\`. */
const SERVICE = 'service-0';
/** Small traces, so that a search finds enough. */
const SMALL_TRACES = 40;
const SMALL_SPANS = 20;
const SECOND_NANO = 1_000_000_000n;
const MINUTE_NANO = 60n * SECOND_NANO;

export async function benchUi(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      spans: { type: 'string', default: '20,1k,10k,50k,100k' },
      runs: { type: 'string', default: '3' },
      ui: { type: 'string', default: 'dist/ui' },
      'peer-otlp': { type: 'string' },
      'peer-query': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const sizes = values.spans.split(',').map(readCount);
  const runs = Number(values.runs);
  const server = await startAllInOne(SERVER_CORE, [
    '--span-storage.type=memory',
    `--query.static-files=${values.ui}`,
  ]);
  try {
    await load(server.otlp, sizes);
    await measureUi(ownUi(server.query), sizes, runs);
  } finally {
    await server.process.stop();
  }
  const { 'peer-otlp': otlp, 'peer-query': query } = values;
  if (otlp !== undefined) await load(otlp, sizes);
  if (query !== undefined) await measureUi(jaegerUi(query), sizes, runs);
}

/** The small traces are the newest ones. */
async function load(otlp: string, sizes: readonly number[]): Promise<void> {
  const earlyNano = BigInt(Date.now()) * 1_000_000n - 10n * MINUTE_NANO;
  const send = async (traceId: string, spans: number, startNano: bigint): Promise<void> => {
    for (const request of largeTrace(spans, { traceId, startNano })) {
      await sendOtlp(otlp, encodeSpans(request));
    }
  };
  for (const size of sizes) await send(idOf(size), size, earlyNano);
  for (let number = 1; number <= SMALL_TRACES; number++) {
    const traceId = number.toString(16).padStart(32, 'e');
    await send(traceId, SMALL_SPANS, earlyNano + BigInt(number) * SECOND_NANO);
  }
}

async function measureUi(ui: UiUnderTest, sizes: readonly number[], runs: number): Promise<void> {
  console.log(ui.name);
  const reference = await startReference();
  const nothing = await repeated(runs, () => measureNothing(reference.url)).finally(reference.stop);
  printHost(medians<HostFigures>(nothing));
  const search = await repeated(runs, () => measureSearch(ui, SERVICE));
  printSearch(medians<SearchFigures>(search));
  const traces = new Map<number, TraceFigures>();
  for (const size of sizes) {
    const measured = await repeated(runs, () => measureTrace(ui, idOf(size)));
    traces.set(size, medians<TraceFigures>(measured));
  }
  printTraces(traces);
}

async function repeated<T>(runs: number, measure: () => Promise<T>): Promise<readonly T[]> {
  const figures: T[] = [];
  for (let run = 0; run < runs; run++) figures.push(await measure());
  return figures;
}

/** Of each figure on its own. */
function medians<Figures extends object>(runs: readonly Figures[]): Figures {
  const [first] = runs;
  if (first === undefined) throw new Error('nothing was measured');
  const names = Object.keys(first) as (keyof Figures)[];
  const entries = names.map((name) => [name, middle(runs.map((run) => Number(run[name])))]);
  return Object.fromEntries(entries) as Figures;
}

function idOf(size: number): string {
  return size.toString(16).padStart(32, 'a');
}
