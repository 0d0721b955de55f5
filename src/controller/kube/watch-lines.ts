import { StringDecoder } from 'node:string_decoder';
import { KubeTransportError } from './kube-api.ts';

/** An etcd value holds 1.5 MiB; JSON of it is not eight times as long. */
const LINE_CHARS_MAX = 16 * 1_048_576;

/** The lines of a byte stream. A last line without its end is dropped: the stream was cut in it. */
export async function* watchLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest: string[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    const pieces = decoder.write(chunk).split('\n');
    const tail = pieces.pop() ?? '';
    for (const piece of pieces) {
      const line = rest.length === 0 ? piece : rest.join('') + piece;
      rest = [];
      size = 0;
      if (line !== '') yield line;
    }
    if (tail === '') continue;
    rest.push(tail);
    size += tail.length;
    if (size > LINE_CHARS_MAX) throw new KubeTransportError('a watch event is too long');
  }
}
