import { Buffer } from 'node:buffer';
import type { BlockFile } from './block-file.ts';
import type { PageRef } from './block-format.ts';

/** A call to read takes as long as copying tens of kilobytes. */
const PAGES_TOGETHER = 16;

/** Pages that are looked at once, in either direction: neighbours are read together, in one buffer. */
export class ReadAhead {
  private buffer: Buffer = Buffer.alloc(0);
  private bytes: Buffer = this.buffer;
  private file: BlockFile | undefined;
  private start = 0;

  /**
   * One of the pages that stand one behind the other in a file, good until the next call.
   * @throws BlockError
   */
  page(file: BlockFile, pages: readonly PageRef[], page: number): Buffer {
    const { length = 0, offset = 0 } = pages[page] ?? {};
    if (file !== this.file || offset < this.start || offset + length > this.end()) {
      const first = page - (page % PAGES_TOGETHER);
      this.read(file, pages.slice(first, first + PAGES_TOGETHER));
    }
    const from = offset - this.start;
    return this.bytes.subarray(from, from + length);
  }

  /** Closed files are forgotten: what is in the buffer is no longer theirs. */
  forget(file: BlockFile): void {
    if (file === this.file) this.file = undefined;
  }

  private read(file: BlockFile, pages: readonly PageRef[]): void {
    const size = pages.reduce((total, { length }) => total + length, 0);
    this.file = undefined;
    if (this.buffer.length < size) this.buffer = Buffer.allocUnsafeSlow(2 * size);
    this.start = pages[0]?.offset ?? 0;
    this.bytes = file.readInto(this.buffer, this.start, size);
    this.file = file;
  }

  private end(): number {
    return this.start + this.bytes.length;
  }
}
