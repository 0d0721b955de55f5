import { jaegerJsonSpanToOtlp } from '../jaeger/json-to-otlp.ts';
import { jaegerProtoSpanToOtlp } from '../jaeger/proto-to-otlp.ts';
import { jsonToOtlp } from '../otlp/json-to-otlp.ts';
import type { WireFormat } from '../span-batch.ts';
import { zipkinProtoToOtlp } from '../zipkin/proto-to-otlp.ts';
import { zipkinThriftToOtlp } from '../zipkin/v1-thrift-to-otlp.ts';
import { zipkinV2JsonToOtlp } from '../zipkin/v2-json-to-otlp.ts';
import type { StreamEncoding } from './stream-encoding.ts';

export interface StreamDecoder {
  readonly format: WireFormat;
  /**
   * OTLP TracesData bytes of one message, to be scanned like those of any receiver: of `otlp_proto` they
   * are the message itself, of which nothing was read yet.
   * @throws WireError
   */
  readonly toOtlp: (message: Uint8Array) => Uint8Array;
}

/** A message is one TracesData, one Jaeger span or a list of Zipkin's. */
export const STREAM_DECODERS: Readonly<Record<StreamEncoding, StreamDecoder>> = {
  otlp_proto: { format: 'otlp', toOtlp: (message) => message },
  otlp_json: { format: 'otlp', toOtlp: jsonToOtlp },
  jaeger_proto: { format: 'jaeger', toOtlp: jaegerProtoSpanToOtlp },
  jaeger_json: { format: 'jaeger', toOtlp: jaegerJsonSpanToOtlp },
  zipkin_json: { format: 'zipkin', toOtlp: (message) => zipkinV2JsonToOtlp(message) },
  zipkin_proto: { format: 'zipkin', toOtlp: zipkinProtoToOtlp },
  zipkin_thrift: { format: 'zipkin', toOtlp: zipkinThriftToOtlp },
};
