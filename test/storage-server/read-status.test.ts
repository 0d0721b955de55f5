import { Metadata, status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { GrpcCallError } from '../../src/drivers/grpc-client.ts';
import { GRPC_STATUS, GrpcError } from '../../src/runtime/grpc/grpc-service.ts';
import { readFailure } from '../../src/storage-server/read-status.ts';
import { StoreBusyError, StoreClosedError } from '../../src/storage/embedded/storage-error.ts';
import { StorageClosedError } from '../../src/storage/memory/memory-storage.ts';

function ofOtherServer(code: status): GrpcCallError {
  return new GrpcCallError(
    Object.assign(new Error('told'), { code, details: 'told', metadata: new Metadata() }),
  );
}

describe('readFailure', () => {
  it.each([
    [new Error('a bug'), GRPC_STATUS.internal],
    ['no error at all', GRPC_STATUS.internal],
    [new StoreBusyError('later'), GRPC_STATUS.unavailable],
    [new StoreClosedError('closed'), GRPC_STATUS.unavailable],
    [new StorageClosedError('closed'), GRPC_STATUS.unavailable],
    [new DOMException('given up', 'AbortError'), GRPC_STATUS.cancelled],
    [new DOMException('too slow', 'TimeoutError'), GRPC_STATUS.deadlineExceeded],
    [new GrpcError({ code: GRPC_STATUS.notFound, message: 'x' }), GRPC_STATUS.notFound],
    [ofOtherServer(status.RESOURCE_EXHAUSTED), GRPC_STATUS.resourceExhausted],
    [ofOtherServer(status.DATA_LOSS), GRPC_STATUS.unknown],
  ])('ends a call that failed with %s with status %i', (error, code) => {
    expect(readFailure(error).status.code).toBe(code);
  });

  it('says what failed, and why', () => {
    const error = new Error('the block cannot be read', { cause: new Error('EIO') });
    expect(readFailure(error).status.message).toBe('the block cannot be read: EIO');
  });
});
