import { Buffer } from 'node:buffer';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import type { GrpcCall, GrpcMethod } from '../../src/runtime/grpc/grpc-service.ts';
import { GRPC_STATUS, GrpcError } from '../../src/runtime/grpc/grpc-service.ts';
import { readerMethods } from '../../src/storage-server/reader-methods.ts';
import {
  StorageClosedError,
  createMemoryStorage,
} from '../../src/storage/memory/memory-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { STORAGE_METHODS } from '../../src/wire/jaeger-storage/method-paths.ts';

const NOT_PROTOBUF = Buffer.from([0xff, 0xff]);

/** The answers of one method, as the server draws them. */
async function ask(storage: Storage, path: string, message: Uint8Array): Promise<Uint8Array[]> {
  const method = readerMethods(storage).find((one: GrpcMethod) => one.path === path);
  const call: GrpcCall = { headers: {}, signal: new AbortController().signal };
  if (method?.kind === 'unary') return [await method.handle(message, call)];
  if (method?.kind !== 'server-streaming') throw new Error(`no method ${path}`);
  const answers: Uint8Array[] = [];
  for await (const answer of method.handle(message, call)) answers.push(answer);
  return answers;
}

async function statusOf(asked: Promise<unknown>): Promise<GrpcError['status']> {
  const error = await asked.catch((thrown: unknown) => thrown);
  if (error instanceof GrpcError) return error.status;
  throw new Error('the call did not end as a gRPC method may', { cause: error });
}

function memoryStorage(): Storage {
  return createMemoryStorage({ maxBytes: 1e6, maxTraces: 10, metrics: new Registry() });
}

describe('readerMethods', () => {
  it.each([
    STORAGE_METHODS.getOperations,
    STORAGE_METHODS.getTraces,
    STORAGE_METHODS.findTraces,
    STORAGE_METHODS.findTraceIds,
    STORAGE_METHODS.findTraceSummaries,
    STORAGE_METHODS.getDependencies,
  ])('calls bytes that are no question to %s an invalid argument', async (path) => {
    const storage = memoryStorage();
    const { code, message } = await statusOf(ask(storage, path, NOT_PROTOBUF));
    expect(code).toBe(GRPC_STATUS.invalidArgument);
    expect(message).toMatch(/^protobuf: /);
    await storage.close();
  });

  it.each([
    [new StorageClosedError('the storage is closed'), GRPC_STATUS.unavailable],
    [new Error('a block is damaged'), GRPC_STATUS.internal],
  ])('tells of %s, which is no fault of the question', async (failure, code) => {
    const storage = memoryStorage();
    const failing: Storage = {
      ...storage,
      reader: {
        ...storage.reader,
        services: () => Promise.reject(failure),
        // eslint-disable-next-line require-yield -- fails before its first answer
        findTraces: async function* () {
          await Promise.reject(failure);
        },
      },
    };
    for (const path of [STORAGE_METHODS.getServices, STORAGE_METHODS.findTraces]) {
      const status = await statusOf(ask(failing, path, Buffer.alloc(0)));
      expect(status).toStrictEqual({ code, message: failure.message });
    }
    await storage.close();
  });
});
