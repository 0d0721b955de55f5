import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { agentCallToOtlp, createThriftConverter } from '../../src/wire/jaeger/thrift-to-otlp.ts';
import { ProtobufWriter } from '../../src/wire/protobuf/writer.ts';
import { WireError } from '../../src/wire/wire-error.ts';
import { zipkinProtoToOtlp } from '../../src/wire/zipkin/proto-to-otlp.ts';
import { zipkinThriftToOtlp } from '../../src/wire/zipkin/v1-thrift-to-otlp.ts';
import { zipkinV2JsonToOtlp } from '../../src/wire/zipkin/v2-json-to-otlp.ts';
import {
  FIXED_PIECES,
  JSON_PIECES,
  NAME_PIECES,
  VARINT_PIECES,
  mutants,
} from '../harness/mutate.ts';
import { encodeEmitBatch } from '../wire/jaeger/encode-with-npm-thrift.ts';
import { ZIPKIN_V2_SPANS, jaegerCorpus, jsonCorpus } from './corpora.ts';
import {
  ZIPKIN_PROTO_SPANS,
  ZIPKIN_THRIFT_SPANS,
  encodeEmitZipkinBatch,
  encodeZipkinProto,
  encodeZipkinThrift,
} from './zipkin-messages.ts';

const MUTANTS = 20_000;
const TIMEOUT_MS = 120_000;

/** The result, or undefined for a refusal. */
function attempt<T>(convert: () => T): T | undefined {
  try {
    return convert();
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

describe('memory that is kept for the next message', () => {
  it.each(['binary', 'compact'] as const)(
    'has nothing of a damaged call before or behind it: %s',
    { timeout: TIMEOUT_MS },
    (encoding) => {
      const corpus = [
        ...jaegerCorpus().map((batch) => encodeEmitBatch(batch, encoding)),
        encodeEmitZipkinBatch(ZIPKIN_THRIFT_SPANS, encoding),
      ];
      const [whole = Buffer.alloc(0)] = corpus;
      const alone = agentCallToOtlp(whole, encoding).otlp;
      const converter = createThriftConverter(encoding);
      const damaged = mutants({ seed: 14, corpus, pieces: [...VARINT_PIECES, ...FIXED_PIECES] });
      for (let index = 0; index < MUTANTS; index += 1) {
        const call = damaged.next().value;
        converter.addCall(whole);
        attempt(() => converter.addCall(call));
        converter.addCall(whole);
        const made = attempt(() => agentCallToOtlp(call, encoding));
        const between = made?.format === 'jaeger' ? made.otlp : new Uint8Array(0);
        if (Buffer.compare(converter.finish(), Buffer.concat([alone, between, alone])) !== 0) {
          throw new Error(`other spans because of ${call.toString('base64')}`);
        }
      }
    },
  );

  it.each([
    { name: 'v2 JSON', corpus: jsonCorpus(ZIPKIN_V2_SPANS), toOtlp: zipkinV2JsonToOtlp },
    {
      name: 'protobuf',
      corpus: [encodeZipkinProto(ZIPKIN_PROTO_SPANS)],
      toOtlp: zipkinProtoToOtlp,
    },
    {
      name: 'thrift',
      corpus: [encodeZipkinThrift(ZIPKIN_THRIFT_SPANS)],
      toOtlp: zipkinThriftToOtlp,
    },
  ])(
    'has nothing of a damaged request of Zipkin: $name',
    { timeout: TIMEOUT_MS },
    ({ corpus, toOtlp }) => {
      const [whole = Buffer.alloc(0)] = corpus;
      const alone = Buffer.from(toOtlp(whole));
      const scratch = new ProtobufWriter();
      const pieces = [...JSON_PIECES, ...VARINT_PIECES, ...NAME_PIECES];
      const damaged = mutants({ seed: 15, corpus, pieces });
      for (let index = 0; index < MUTANTS; index += 1) {
        const request = damaged.next().value;
        attempt(() => toOtlp(request, scratch));
        if (!alone.equals(toOtlp(whole, scratch))) {
          throw new Error(`other spans because of ${request.toString('base64')}`);
        }
      }
    },
  );

  it('is not believed to be free: a call of nearly empty tags is refused each time', () => {
    const converter = createThriftConverter('compact');
    const [batch] = jaegerCorpus();
    const whole = encodeEmitBatch(batch ?? { serviceName: '', spans: [] }, 'compact');
    const tags = Buffer.alloc(5 * 100_000, Buffer.from('1800150e00', 'hex'));
    // emitBatch(1: Batch{1: Process{1: '', 2: tags, as many as there are}})
    const head = Buffer.from(
      '822100 09 656d69744261746368 1c 1c 1800 19fc a08d06'.replaceAll(' ', ''),
      'hex',
    );
    const bomb = Buffer.concat([head, tags, Buffer.from('00192c0000000000', 'hex')]);
    for (let turn = 0; turn < 3; turn += 1) {
      converter.addCall(whole);
      expect(() => converter.addCall(bomb)).toThrow('nearly empty');
      expect(converter.finish()).toEqual(new Uint8Array(agentCallToOtlp(whole, 'compact').otlp));
    }
  });
});
