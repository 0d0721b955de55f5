import { readable } from './attribute-search.ts';
import type { BlockPages } from './block-pages.ts';
import { readGroup } from './group-table.ts';
import { SpanWriter } from './span-writer.ts';
import type { TraceRun } from './trace-rows.ts';
import { TraceWriter } from './trace-writer.ts';
import type { GroupReader } from './trace-writer.ts';

/** A message ends with the span that takes it beyond this: to make it takes a few milliseconds. */
const MESSAGE_BYTES = 256 * 2 ** 10;

/** The spans of some runs as TracesData messages, without those that need a page that is damaged. */
export function* writeRuns(pages: BlockPages, runs: Iterable<TraceRun>): Generator<Uint8Array> {
  const { resources, scopes } = pages.footer;
  const groups: GroupReader = {
    resource: (number) => readGroup(pages.entry(resources, number).bytes),
    scope: (number) => readGroup(pages.entry(scopes, number).bytes),
  };
  let writer = new TraceWriter();
  let spans: SpanWriter | undefined;
  for (const run of runs) {
    if (spans?.page !== run.page) spans = readable(() => spanWriterOf(pages, run.page));
    for (let row = run.start; row < run.end && spans !== undefined; row++) {
      writeSpan(writer, spans, groups, { run, row });
      if (writer.size < MESSAGE_BYTES) continue;
      yield writer.finish();
      writer = new TraceWriter();
    }
  }
  if (writer.size > 0) yield writer.finish();
}

/** The traces of a page are asked for one by one: what each of them needs is found once. */
function spanWriterOf(pages: BlockPages, page: number): SpanWriter {
  return pages.derived(
    { kind: 'writer', page },
    () => new SpanWriter(pages, page),
    ({ bytes }) => bytes,
  );
}

/** Leaves the span out when a page it needs is damaged. */
function writeSpan(
  writer: TraceWriter,
  spans: SpanWriter,
  groups: GroupReader,
  { run, row }: { readonly run: TraceRun; readonly row: number },
): void {
  readable(() => {
    writer.enter(spans.resources[row] ?? 0, spans.scopes[row] ?? 0, groups);
    writer.span((to) => {
      spans.write(to, run, row);
    });
  });
}
