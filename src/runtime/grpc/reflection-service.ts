import { GRPC_STATUS } from './grpc-service.ts';
import type { GrpcMethod } from './grpc-service.ts';
import { lengthField, message, readLengthFields, varintField } from './proto-bytes.ts';

/** A .proto file as a client of reflection gets it. */
export interface ProtoFile {
  readonly name: string;
  /** Full names of the services in it. */
  readonly services: readonly string[];
  /** Full names of everything in it: services, methods, messages, enums. */
  readonly symbols: readonly string[];
  /** Names of the files it imports. */
  readonly dependencies: readonly string[];
  /** The google.protobuf.FileDescriptorProto. */
  readonly bytes: Uint8Array;
}

const VERSIONS = ['grpc.reflection.v1', 'grpc.reflection.v1alpha'];
/** Field numbers of ServerReflectionRequest and ServerReflectionResponse. */
const REQUEST = { fileByFilename: 3, fileContainingSymbol: 4, listServices: 7 } as const;
const RESPONSE = { originalRequest: 2, files: 4, services: 6, error: 7 } as const;

/**
 * Server reflection, v1 and v1alpha, for tools such as grpcurl. There are no extensions to be told.
 * https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
 */
export function reflectionMethods(
  files: readonly ProtoFile[],
  stopping: AbortSignal,
): readonly GrpcMethod[] {
  const answer = createReflection(files);
  return VERSIONS.map((version) => ({
    kind: 'bidi-streaming',
    path: `/${version}.ServerReflection/ServerReflectionInfo`,
    handle: async function* (requests) {
      const iterator = requests[Symbol.asyncIterator]();
      const { promise: stopped, resolve } = Promise.withResolvers<undefined>();
      const stop = (): void => {
        resolve(undefined);
      };
      stopping.addEventListener('abort', stop);
      try {
        while (!stopping.aborted) {
          const next = await Promise.race([iterator.next(), stopped]);
          if (next === undefined || next.done === true) return;
          yield answer(next.value);
        }
      } finally {
        stopping.removeEventListener('abort', stop);
      }
    },
  }));
}

function createReflection(files: readonly ProtoFile[]): (request: Uint8Array) => Uint8Array {
  const byName = new Map(files.map((file) => [file.name, file]));
  const bySymbol = new Map(
    files.flatMap((file) => file.symbols.map((symbol) => [symbol, file] as const)),
  );
  const services = files.flatMap((file) => file.services).toSorted();
  // ListServiceResponse { 1 service { 1 name } }
  const list = message(...services.map((name) => lengthField(1, lengthField(1, name))));
  const answerTo = (request: Uint8Array): Uint8Array => {
    const fields = readLengthFields(request);
    if (fields === undefined) {
      return failure(GRPC_STATUS.invalidArgument, 'the message is no ServerReflectionRequest');
    }
    if (fields.has(REQUEST.listServices)) return lengthField(RESPONSE.services, list);
    const name = fields.get(REQUEST.fileByFilename)?.toString('utf8');
    const symbol = fields.get(REQUEST.fileContainingSymbol)?.toString('utf8');
    if (name === undefined && symbol === undefined) {
      return failure(GRPC_STATUS.unimplemented, 'files, symbols and services can be asked for');
    }
    const found = name === undefined ? bySymbol.get(symbol ?? '') : byName.get(name);
    if (found === undefined) {
      return failure(GRPC_STATUS.notFound, `${JSON.stringify(name ?? symbol)} is not known here`);
    }
    // FileDescriptorResponse { 1 file_descriptor_proto }
    const needed = withDependencies(found, byName);
    return lengthField(
      RESPONSE.files,
      message(...needed.map(({ bytes }) => lengthField(1, bytes))),
    );
  };
  return (request) => message(lengthField(RESPONSE.originalRequest, request), answerTo(request));
}

/** The file first, then what it imports, each once. */
function withDependencies(
  file: ProtoFile,
  byName: ReadonlyMap<string, ProtoFile>,
): readonly ProtoFile[] {
  const found = new Set([file]);
  for (const { dependencies } of found) {
    for (const name of dependencies) {
      const dependency = byName.get(name);
      if (dependency !== undefined) found.add(dependency);
    }
  }
  return [...found];
}

/** ErrorResponse { 1 error_code, 2 error_message } */
function failure(code: number, text: string): Uint8Array {
  return lengthField(RESPONSE.error, message(varintField(1, code), lengthField(2, text)));
}
