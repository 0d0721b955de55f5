import { once } from 'node:events';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { standardDescriptors } from '../../../src/wire/grpc/standard-descriptors.ts';
import { otlpTraceDescriptors } from '../../../src/wire/otlp/trace-descriptors.ts';
import { asIs, connectClient, failureOf, startTestServer } from './grpc-harness.ts';
import type { StartedServer } from './grpc-harness.ts';

const CHECK = '/grpc.health.v1.Health/Check';
const WATCH = '/grpc.health.v1.Health/Watch';
const SERVING = Buffer.of(8, 1);
const NOT_SERVING = Buffer.of(8, 2);

function named(service: string): Buffer {
  return Buffer.concat([Buffer.of(0x0a, service.length), Buffer.from(service)]);
}

describe('grpc.health.v1', () => {
  it('knows the server and its services, and no others', async () => {
    await using server = await startTestServer();
    using client = connectClient(server.port);
    expect(await client.unary(CHECK, Buffer.alloc(0))).toEqual(SERVING);
    expect(await client.unary(CHECK, named('test.Echo'))).toEqual(SERVING);
    expect((await failureOf(client.unary(CHECK, named('no.Such')))).code).toBe(5);
  });

  it('tells what the health of the process is', async () => {
    await using server = await startTestServer({ isHealthy: () => false });
    using client = connectClient(server.port);
    expect(await client.unary(CHECK, Buffer.alloc(0))).toEqual(NOT_SERVING);
  });

  it('lets watchers know of a change and of a stop', async () => {
    let healthy = true;
    const server = await startTestServer({ isHealthy: () => healthy });
    using client = connectClient(server.port);
    const call = client.client.makeServerStreamRequest(WATCH, asIs, asIs, named('test.Echo'));
    expect(await once(call, 'data')).toEqual([SERVING]);
    healthy = false;
    expect(await once(call, 'data')).toEqual([NOT_SERVING]);
    healthy = true;
    expect(await once(call, 'data')).toEqual([SERVING]);
    const last = once(call, 'data');
    await server.running.stop();
    expect(await last).toEqual([NOT_SERVING]);
  });
});

/** The reflection messages, from the descriptor that the server itself gives. */
const PROTO = `
syntax = "proto3";
message Request { string host = 1; oneof m { string file_by_filename = 3; string file_containing_symbol = 4; string list_services = 7; } }
message Files { repeated bytes file_descriptor_proto = 1; }
message Service { string name = 1; }
message Services { repeated Service service = 1; }
message Failure { int32 error_code = 1; string error_message = 2; }
message Response { Request original_request = 2; Files files = 4; Services services = 6; Failure failure = 7; }
message Method { string name = 1; string input_type = 2; string output_type = 3; bool client_streaming = 5; bool server_streaming = 6; }
message ServiceProto { string name = 1; repeated Method method = 2; }
message Field { string name = 1; int32 number = 3; int32 label = 4; int32 type = 5; string type_name = 6; int32 oneof_index = 9; }
message Value { string name = 1; int32 number = 2; }
message Enum { string name = 1; repeated Value value = 2; }
message Oneof { string name = 1; }
message Message { string name = 1; repeated Field field = 2; repeated Message nested_type = 3; repeated Enum enum_type = 4; repeated Oneof oneof_decl = 8; }
message FileProto { string name = 1; string package = 2; repeated string dependency = 3; repeated Message message_type = 4; repeated Enum enum_type = 5; repeated ServiceProto service = 6; string syntax = 12; }
`;
const { root } = protobuf.parse(PROTO, { keepCase: true });

function decode(type: string, bytes: Uint8Array): Record<string, unknown> {
  const known = root.lookupType(type);
  return known.toObject(known.decode(bytes));
}

async function ask(
  { port }: StartedServer,
  version: string,
  request: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>> {
  using client = connectClient(port);
  const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
  const call = client.client.makeBidiStreamRequest(path, asIs, asIs);
  call.write(Buffer.from(root.lookupType('Request').encode(request).finish()));
  const [answer] = (await once(call, 'data')) as [Buffer];
  call.end();
  await once(call, 'end');
  return decode('Response', answer);
}

function startReflecting(): Promise<StartedServer> {
  return startTestServer({ protoFiles: [...otlpTraceDescriptors(), ...standardDescriptors()] });
}

describe('server reflection', () => {
  it.each(['v1', 'v1alpha'])('lists the services (%s)', async (version) => {
    await using server = await startReflecting();
    expect(await ask(server, version, { list_services: '*' })).toMatchObject({
      services: {
        service: [
          { name: 'grpc.health.v1.Health' },
          { name: 'grpc.reflection.v1.ServerReflection' },
          { name: 'grpc.reflection.v1alpha.ServerReflection' },
          { name: 'opentelemetry.proto.collector.trace.v1.TraceService' },
        ],
      },
    });
  });

  it('gives the file of a symbol with everything it imports', async () => {
    await using server = await startReflecting();
    const { files } = await ask(server, 'v1', {
      file_containing_symbol: 'opentelemetry.proto.collector.trace.v1.TraceService',
    });
    const { file_descriptor_proto: protos } = files as { file_descriptor_proto: Uint8Array[] };
    const decoded = protos.map((bytes) => decode('FileProto', bytes));
    expect(decoded.map(({ name }) => name)).toEqual([
      'opentelemetry/proto/collector/trace/v1/trace_service.proto',
      'opentelemetry/proto/trace/v1/trace.proto',
      'opentelemetry/proto/common/v1/common.proto',
      'opentelemetry/proto/resource/v1/resource.proto',
    ]);
    expect(decoded[0]?.['service']).toEqual([
      {
        name: 'TraceService',
        method: [
          {
            name: 'Export',
            input_type: '.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest',
            output_type: '.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse',
          },
        ],
      },
    ]);
    expect(decoded[1]).toMatchObject({
      message_type: [
        {},
        {},
        {},
        { name: 'Span', nested_type: [{ name: 'Event' }, { name: 'Link' }] },
        { name: 'Status', enum_type: [{ name: 'StatusCode' }] },
      ],
    });
  });

  it('says that it does not know a file', async () => {
    await using server = await startReflecting();
    expect(await ask(server, 'v1', { file_by_filename: 'no.proto' })).toMatchObject({
      failure: { error_code: 5, error_message: '"no.proto" is not known here' },
    });
  });
});
