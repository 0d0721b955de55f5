import { Buffer } from 'node:buffer';
import { ByteSink } from './byte-sink.ts';
import { ByteSource } from './byte-source.ts';
import { BytesTable, byteWords } from './bytes-table.ts';

/** Where a resource or scope and the schema URL of its group are. */
export interface GroupPlace {
  readonly start: number;
  readonly end: number;
  readonly schemaStart: number;
  readonly schemaEnd: number;
}

/** The distinct resources, or scopes, of a block: each a message and a schema URL, byte by byte. */
export class GroupTable {
  readonly entries: BytesTable;
  private readonly scratch = new ByteSink(1024);

  constructor(seed: number) {
    this.entries = new BytesTable(seed);
  }

  clear(): void {
    this.entries.clear();
  }

  numberOf(otlp: Buffer, { start, end, schemaStart, schemaEnd }: GroupPlace): number {
    const { scratch } = this;
    scratch.position = 0;
    scratch.varint(end - start);
    scratch.bytes(otlp, start, end);
    scratch.bytes(otlp, schemaStart, schemaEnd);
    return this.entries.intern(byteWords(scratch.view()), 0, scratch.position, 0);
  }
}

export interface Group {
  readonly message: Buffer;
  readonly schemaUrl: Buffer;
}

/** @throws BlockError */
export function readGroup(entry: Buffer): Group {
  const source = new ByteSource(entry);
  const message = source.block();
  return { message, schemaUrl: source.bytes(entry.length - source.position) };
}

export const NO_GROUP: Group = { message: Buffer.alloc(0), schemaUrl: Buffer.alloc(0) };
