import { Buffer } from 'node:buffer';
import type { SearchPosition } from '../../model/search-filter.ts';
import type { TraceChunk } from '../../storage/storage.ts';

const START_BYTES = 8;
const TRACE_ID_BYTES = 16;
const CURSOR = /^[\w-]{32}$/;

/** A position as clients carry it around: base64url of the time and the trace id. */
export function cursorText({ startNano, traceId }: SearchPosition): string {
  const bytes = Buffer.alloc(START_BYTES + TRACE_ID_BYTES);
  bytes.writeBigUInt64BE(startNano);
  bytes.write(traceId, START_BYTES, 'hex');
  return bytes.toString('base64url');
}

/** undefined for a text that is no cursor. */
export function readCursor(text: string): SearchPosition | undefined {
  if (!CURSOR.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return { startNano: bytes.readBigUInt64BE(), traceId: bytes.toString('hex', START_BYTES) };
}

/** Notices where a page ends while it is read. */
export interface PageEnd {
  see(found: { readonly traceId: string; readonly matchNano?: bigint }): void;
  /** The cursor of the next page; undefined when this one is not full, or the storage cannot page. */
  readonly next: () => string | undefined;
}

export function createPageEnd(limit: number): PageEnd {
  let count = 0;
  let last: { readonly traceId: string; readonly matchNano?: bigint } | undefined;
  return {
    see: (found) => {
      if (found.traceId !== last?.traceId) count += 1;
      last = found;
    },
    next: () => {
      if (last?.matchNano === undefined || count < limit) return undefined;
      return cursorText({ startNano: last.matchNano, traceId: last.traceId });
    },
  };
}

/** The same chunks, seen. */
export async function* seenChunks(
  chunks: AsyncIterable<TraceChunk>,
  end: PageEnd,
): AsyncGenerator<TraceChunk> {
  for await (const chunk of chunks) {
    end.see(chunk);
    yield chunk;
  }
}
