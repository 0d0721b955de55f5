/**
 * What a message of a stream (Kafka) holds, by the names OpenTelemetry's collector has. Only those of
 * `WRITTEN_ENCODINGS` are written too.
 */
export const STREAM_ENCODINGS = [
  'otlp_proto',
  'otlp_json',
  'jaeger_proto',
  'jaeger_json',
  'zipkin_json',
  'zipkin_proto',
  'zipkin_thrift',
] as const;
export type StreamEncoding = (typeof STREAM_ENCODINGS)[number];

export const WRITTEN_ENCODINGS = [
  'otlp_proto',
  'otlp_json',
  'jaeger_proto',
  'jaeger_json',
] as const satisfies readonly StreamEncoding[];
export type WrittenEncoding = (typeof WRITTEN_ENCODINGS)[number];

/** What Jaeger v1 calls them in kafka.producer.encoding and kafka.consumer.encoding. */
const JAEGER_V1_NAMES: ReadonlyMap<string, StreamEncoding> = new Map([
  ['protobuf', 'jaeger_proto'],
  ['json', 'jaeger_json'],
  ['zipkin-thrift', 'zipkin_thrift'],
]);

/** The encoding of a name, Jaeger v1's names among them; undefined for any other. */
export function streamEncodingOf(name: string): StreamEncoding | undefined {
  return JAEGER_V1_NAMES.get(name) ?? STREAM_ENCODINGS.find((encoding) => encoding === name);
}
