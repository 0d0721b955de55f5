import type { Buffer } from 'node:buffer';
import { ProtobufWriter } from '../src/wire/protobuf/writer.ts';
import { zipkinProtoToOtlp } from '../src/wire/zipkin/proto-to-otlp.ts';
import { zipkinThriftToOtlp } from '../src/wire/zipkin/v1-thrift-to-otlp.ts';
import { zipkinV2JsonToOtlp } from '../src/wire/zipkin/v2-json-to-otlp.ts';
import { decodeListOfSpans } from '../test/wire/zipkin/zipkin-proto.ts';
import type { Codec } from './codec.ts';
import { ensureDataSetD, readRequests } from './data-set-d.ts';
import { readThrift } from './read-thrift.ts';
import { zipkinProto, zipkinThrift, zipkinV2Json } from './zipkin-messages.ts';

const SPANS = 200_000;
const REQUESTS = 40;
const SPANS_PER_REQUEST = 512;

/** Zipkin's formats, each with the first requests of data set D, as its receiver runs them. */
export async function zipkinCodecs(): Promise<readonly Codec[]> {
  const { path } = await ensureDataSetD(SPANS, '.cache/bench');
  const requests = (await readRequests(path)).slice(0, REQUESTS);
  const scratch = new ProtobufWriter();
  const spansPerMessage = SPANS_PER_REQUEST;
  return [
    {
      name: 'Zipkin v2 JSON',
      reference: 'JSON.parse',
      messages: requests.map(zipkinV2Json),
      spansPerMessage,
      ours: (message: Buffer) => zipkinV2JsonToOtlp(message, scratch),
      theirs: (message: Buffer): unknown => JSON.parse(message.toString()),
    },
    {
      name: 'Zipkin v2 protobuf',
      reference: 'protobufjs',
      messages: requests.map(zipkinProto),
      spansPerMessage,
      ours: (message: Buffer) => zipkinProtoToOtlp(message, scratch),
      theirs: decodeListOfSpans,
    },
    {
      name: 'Zipkin v1 thrift',
      reference: 'npm thrift',
      messages: requests.map(zipkinThrift),
      spansPerMessage,
      ours: (message: Buffer) => zipkinThriftToOtlp(message, scratch),
      theirs: (message: Buffer) => readThrift(message, 'binary', 'list'),
    },
  ];
}
