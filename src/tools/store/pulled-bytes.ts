import { Buffer } from 'node:buffer';

/** Bytes of a stream, taken as they are needed. */
export interface PulledBytes {
  /** The next bytes, which stay; fewer at the end. */
  peek(count: number): Promise<Buffer>;
  /** The next bytes; fewer at the end. */
  take(count: number): Promise<Buffer>;
  /** Up to the next line feed, without it; undefined at the end. @throws RangeError when it is too long */
  line(bytesMax: number): Promise<Buffer | undefined>;
  /** Everything that was not taken. */
  rest(): AsyncGenerator<Buffer>;
}

const LINE_FEED = 10;

export function pullBytes(source: AsyncIterable<Uint8Array>): PulledBytes {
  const chunks = source[Symbol.asyncIterator]();
  let parts: Buffer[] = [];
  let length = 0;
  let isAtEnd = false;
  const pull = async (): Promise<Buffer | undefined> => {
    const next = await chunks.next();
    if (next.done === true) {
      isAtEnd = true;
      return undefined;
    }
    const bytes = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.length);
    parts.push(bytes);
    length += bytes.length;
    return bytes;
  };
  /** What was pulled, as one piece. */
  const joined = (): Buffer => {
    const [only] = parts;
    const all = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts, length);
    parts = [all];
    return all;
  };
  const peek = async (count: number): Promise<Buffer> => {
    while (length < count && !isAtEnd) await pull();
    return joined().subarray(0, count);
  };
  const drop = (count: number): void => {
    const left = joined().subarray(count);
    parts = [left];
    length = left.length;
  };
  const take = async (count: number): Promise<Buffer> => {
    const bytes = await peek(count);
    drop(bytes.length);
    return bytes;
  };
  return {
    peek,
    take,
    line: async (bytesMax) => {
      let end = joined().indexOf(LINE_FEED);
      while (end < 0 && !isAtEnd) {
        if (length > bytesMax) throw new RangeError(`a line has more than ${bytesMax} bytes`);
        const before = length;
        const at = (await pull())?.indexOf(LINE_FEED) ?? -1;
        if (at >= 0) end = before + at;
      }
      if (end < 0 && length === 0) return undefined;
      const line = await take(end < 0 ? length : end);
      await take(1);
      return line;
    },
    rest: async function* () {
      yield joined();
      parts = [];
      for (let chunk = await pull(); chunk !== undefined; chunk = await pull()) {
        parts = [];
        yield chunk;
      }
    },
  };
}
