import { crc32 } from 'node:zlib';
import type { PageRef } from './block-format.ts';
import { ByteSink } from './byte-sink.ts';

/** A block file as it is written, page behind page, each with the CRC-32 of its bytes. */
export class PageWriter {
  readonly sink = new ByteSink();

  /** Begins a file of about so many bytes, in the memory of the one before. */
  start(bytes: number): void {
    this.sink.position = 0;
    this.sink.reserve(bytes);
  }

  /** A page of what `write` puts into the sink; nothing becomes a page of length 0. */
  page(write: (sink: ByteSink) => void): PageRef {
    const { sink } = this;
    const offset = sink.position;
    write(sink);
    if (sink.position === offset) return { offset, length: 0 };
    sink.u32(crc32(sink.buffer.subarray(offset, sink.position)));
    return { offset, length: sink.position - offset };
  }
}
