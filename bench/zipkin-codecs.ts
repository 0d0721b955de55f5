import type { Buffer } from 'node:buffer';
import { ProtobufWriter } from '../src/wire/protobuf/writer.ts';
import { zipkinProtoToOtlp } from '../src/wire/zipkin/proto-to-otlp.ts';
import { zipkinThriftToOtlp } from '../src/wire/zipkin/v1-thrift-to-otlp.ts';
import { zipkinV2JsonToOtlp } from '../src/wire/zipkin/v2-json-to-otlp.ts';
import { decodeListOfSpans } from '../test/wire/zipkin/zipkin-proto.ts';
import type { Codec, CodecRow } from './codec-rows.ts';
import { ensureDataSetD, readRequests } from './data-set-d.ts';
import { readThrift } from './read-thrift.ts';
import { zipkinProto, zipkinThrift, zipkinV2Json } from './zipkin-messages.ts';

const SPANS = 200_000;
const REQUESTS = 40;
const SPANS_PER_REQUEST = 512;

/** Zipkin's formats, as its receiver runs them. */
export const ZIPKIN_CODEC_ROWS: readonly CodecRow[] = [
  {
    name: 'Zipkin v2 JSON',
    reference: 'JSON.parse',
    make: () =>
      codecOf(zipkinV2Json, {
        ours: zipkinV2JsonToOtlp,
        theirs: (message): unknown => JSON.parse(message.toString()),
      }),
  },
  {
    name: 'Zipkin v2 protobuf',
    reference: 'protobufjs',
    make: () => codecOf(zipkinProto, { ours: zipkinProtoToOtlp, theirs: decodeListOfSpans }),
  },
  {
    name: 'Zipkin v1 thrift',
    reference: 'npm thrift',
    make: () =>
      codecOf(zipkinThrift, {
        ours: zipkinThriftToOtlp,
        theirs: (message) => readThrift(message, 'binary', 'list'),
      }),
  },
];

interface Decoders {
  readonly ours: (message: Buffer, scratch: ProtobufWriter) => unknown;
  readonly theirs: Codec['theirs'];
}

/** Reads the first requests of data set D, which every run has the same. */
async function codecOf(
  encode: (request: Uint8Array) => Buffer,
  { ours, theirs }: Decoders,
): Promise<Codec> {
  const { path } = await ensureDataSetD(SPANS, '.cache/bench');
  const requests = (await readRequests(path)).slice(0, REQUESTS);
  const scratch = new ProtobufWriter();
  return {
    messages: requests.map(encode),
    spansPerMessage: SPANS_PER_REQUEST,
    ours: (message) => ours(message, scratch),
    theirs,
  };
}
