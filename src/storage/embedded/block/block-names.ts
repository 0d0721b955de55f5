import { Buffer } from 'node:buffer';
import { SPAN_KINDS } from '../../../model/span.ts';
import type { SpanKind } from '../../../model/span.ts';
import type { ByteSink } from './byte-sink.ts';
import { ByteSource } from './byte-source.ts';
import { compress, decompress } from './page-compression.ts';

/** An operation of a service that a block has spans of. */
export interface BlockOperation {
  readonly service: string;
  readonly name: string;
  readonly kind: SpanKind;
}

/** The services and operations of a block. */
export interface BlockNames {
  /** By number of the service. */
  readonly services: readonly string[];
  /** Number of the service, by number of the resource. */
  readonly serviceOfResource: readonly number[];
  readonly operations: readonly BlockOperation[];
}

/** A distinct operation: numbers of the service and the kind, and the name. */
export interface OperationNumbers {
  readonly service: number;
  readonly kind: number;
  readonly name: string;
}

export function writeNames(
  sink: ByteSink,
  names: Pick<BlockNames, 'services' | 'serviceOfResource'>,
  operations: readonly OperationNumbers[],
): void {
  const start = sink.position;
  sink.varint(names.services.length);
  for (const service of names.services) sink.block(Buffer.from(service));
  sink.varint(names.serviceOfResource.length);
  for (const service of names.serviceOfResource) sink.varint(service);
  sink.varint(operations.length);
  for (const { service, kind, name } of operations) {
    sink.varint(service);
    sink.u8(kind);
    sink.block(Buffer.from(name));
  }
  const compressed = compress(sink.buffer.subarray(start, sink.position), 1);
  sink.position = start;
  sink.bytes(compressed);
}

/** @throws BlockError */
export function readNames(page: Buffer): BlockNames {
  const source = new ByteSource(decompress(page));
  const services = Array.from({ length: source.varint() }, () => source.block().toString());
  const serviceOfResource = Array.from({ length: source.varint() }, () => source.varint());
  const operations = Array.from({ length: source.varint() }, () => ({
    service: services[source.varint()] ?? '',
    kind: SPAN_KINDS[source.u8()] ?? 'unspecified',
    name: source.block().toString(),
  }));
  return { services, serviceOfResource, operations };
}
