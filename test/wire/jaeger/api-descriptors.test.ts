import protobuf from 'protobufjs';
import 'protobufjs/ext/descriptor.js';
import { expect, it } from 'vitest';
import {
  jaegerCollectorDescriptors,
  jaegerSamplingDescriptors,
} from '../../../src/wire/jaeger/api-descriptors.ts';
import { encodeSamplingAnswer } from '../../../src/wire/jaeger/sampling-messages.ts';
import { ProtobufWriter } from '../../../src/wire/protobuf/writer.ts';
import { idBytes, protoSpan } from './jaeger-messages.ts';
import { encodeJaegerProto } from './jaeger-proto.ts';

/** What a client knows that has nothing but the descriptors: FileDescriptorSet{1 file}. */
function knownToClients(): protobuf.Root {
  const set = new ProtobufWriter();
  for (const { bytes } of [...jaegerCollectorDescriptors(), ...jaegerSamplingDescriptors()]) {
    set.bytes(1, bytes);
  }
  const root = protobuf.Root.fromDescriptor(set.finish(), { keepCase: true });
  root.resolveAll();
  return root;
}

function read(type: string, bytes: Uint8Array): unknown {
  const known = knownToClients().lookupType(`jaeger.api_v2.${type}`);
  return known.toObject(known.decode(bytes), { longs: String, enums: String });
}

it('describe spans as they are on the wire', () => {
  const span = {
    traceId: 7n,
    spanId: 1n,
    parentSpanId: 2n,
    name: 'op',
    flags: 1,
    startMicros: 1_000_005n,
    durationMicros: 10n,
    tags: [{ key: 'n', value: { type: 'long', value: -1n } }] as const,
    logs: [{ micros: 1n, fields: [] }],
  };
  const process = { serviceName: 'svc' };
  const request = { batch: { spans: [protoSpan(span)], process } };
  expect(read('PostSpansRequest', encodeJaegerProto('PostSpansRequest', request))).toEqual({
    batch: {
      process: { service_name: 'svc' },
      spans: [
        {
          trace_id: idBytes(7n, 16),
          span_id: idBytes(1n, 8),
          operation_name: 'op',
          references: [
            {
              trace_id: idBytes(7n, 16),
              span_id: idBytes(2n, 8),
            },
          ],
          flags: 1,
          start_time: { seconds: '1', nanos: 5000 },
          duration: { nanos: 10_000 },
          tags: [{ key: 'n', v_type: 'INT64', v_int64: '-1' }],
          logs: [{ timestamp: { nanos: 1000 } }],
        },
      ],
    },
  });
});

it('describe the answer that says how to sample', () => {
  const answer = encodeSamplingAnswer({
    type: 'RATE_LIMITING',
    maxTracesPerSecond: 7,
    operations: {
      defaultSamplingProbability: 0.5,
      defaultLowerBoundTracesPerSecond: 2,
      perOperation: [{ operation: 'pay', samplingRate: 0.25 }],
    },
  });
  expect(read('SamplingStrategyResponse', answer)).toEqual({
    strategyType: 'RATE_LIMITING',
    rateLimitingSampling: { maxTracesPerSecond: 7 },
    operationSampling: {
      defaultSamplingProbability: 0.5,
      defaultLowerBoundTracesPerSecond: 2,
      perOperationStrategies: [{ operation: 'pay', probabilisticSampling: { samplingRate: 0.25 } }],
    },
  });
});

it('name the methods that are served', () => {
  const paths = knownToClients()
    .nestedArray.flatMap((space) => servicesIn(space))
    .flatMap(({ fullName, methodsArray }) =>
      methodsArray.map(({ name }) => `/${fullName.slice(1)}/${name}`),
    );
  expect(paths).toEqual([
    '/jaeger.api_v2.CollectorService/PostSpans',
    '/jaeger.api_v2.SamplingManager/GetSamplingStrategy',
  ]);
});

function servicesIn(object: protobuf.ReflectionObject): readonly protobuf.Service[] {
  if (object instanceof protobuf.Service) return [object];
  return object instanceof protobuf.Namespace ? object.nestedArray.flatMap(servicesIn) : [];
}
