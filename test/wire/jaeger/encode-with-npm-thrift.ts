import thrift from 'thrift';
import Int64 from 'node-int64';

/** Jaeger thrift structures as plain values; what the npm `thrift` package writes from them. */
export interface TestTag {
  readonly key: string;
  readonly value:
    | { readonly type: 'string'; readonly value: string }
    | { readonly type: 'double'; readonly value: number }
    | { readonly type: 'bool'; readonly value: boolean }
    | { readonly type: 'long'; readonly value: bigint }
    | { readonly type: 'binary'; readonly value: Uint8Array };
}

export interface TestReference {
  readonly type: number;
  readonly traceId: bigint;
  readonly spanId: bigint;
}

export interface TestSpan {
  /** Unsigned 128 bits. */
  readonly traceId: bigint;
  readonly spanId: bigint;
  readonly parentSpanId: bigint;
  readonly name: string;
  readonly references?: readonly TestReference[];
  readonly flags: number;
  readonly startMicros: bigint;
  readonly durationMicros: bigint;
  readonly tags?: readonly TestTag[];
  readonly logs?: readonly { readonly micros: bigint; readonly fields: readonly TestTag[] }[];
}

export interface TestBatch {
  readonly serviceName: string;
  readonly processTags?: readonly TestTag[];
  readonly spans: readonly TestSpan[];
  /** 42 when not given. */
  readonly seqNo?: bigint;
  /** Full queue, too large, failed to emit. */
  readonly drops?: readonly [bigint, bigint, bigint];
}

const { Type } = thrift.Thrift;
type Output = thrift.TProtocol;
export type Encoding = 'compact' | 'binary';

type FieldOrder = 'process first' | 'spans first';

export function encodeBatch(
  batch: TestBatch,
  encoding: Encoding,
  order: FieldOrder = 'process first',
): Buffer {
  return encode(encoding, (output) => {
    writeBatch(output, batch, order);
  });
}

export function encodeEmitBatch(batch: TestBatch, encoding: Encoding): Buffer {
  return encodeCall('emitBatch', encoding, (output) => {
    field(output, Type.STRUCT, 1, () => {
      writeBatch(output, batch);
    });
  });
}

export function encodeCall(
  method: string,
  encoding: Encoding,
  writeArguments: (output: Output) => void,
): Buffer {
  return encode(encoding, (output) => {
    output.writeMessageBegin(method, thrift.Thrift.MessageType.ONEWAY, 7);
    output.writeStructBegin('args');
    writeArguments(output);
    output.writeFieldStop();
    output.writeStructEnd();
    output.writeMessageEnd();
  });
}

function encode(encoding: Encoding, write: (output: Output) => void): Buffer {
  const chunks: Buffer[] = [];
  const transport = new thrift.TBufferedTransport(undefined, (bytes) => {
    if (bytes !== undefined) chunks.push(bytes);
  });
  const output =
    encoding === 'compact'
      ? new thrift.TCompactProtocol(transport)
      : new thrift.TBinaryProtocol(transport);
  write(output);
  output.flush();
  return Buffer.concat(chunks);
}

function struct(output: Output, write: () => void): void {
  output.writeStructBegin('');
  write();
  output.writeFieldStop();
  output.writeStructEnd();
}

function field(output: Output, type: thrift.Thrift.Type, id: number, write: () => void): void {
  output.writeFieldBegin('', type, id);
  write();
  output.writeFieldEnd();
}

function structs<T>(
  output: Output,
  id: number,
  values: readonly T[],
  write: (value: T) => void,
): void {
  field(output, Type.LIST, id, () => {
    output.writeListBegin(Type.STRUCT, values.length);
    for (const value of values) write(value);
    output.writeListEnd();
  });
}

function i64(output: Output, id: number, value: bigint): void {
  field(output, Type.I64, id, () => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(BigInt.asUintN(64, value));
    output.writeI64(new Int64(bytes));
  });
}

function i32(output: Output, id: number, value: number): void {
  field(output, Type.I32, id, () => {
    output.writeI32(value);
  });
}

function string(output: Output, id: number, value: string): void {
  field(output, Type.STRING, id, () => {
    output.writeString(value);
  });
}

function writeBatch(output: Output, batch: TestBatch, order: FieldOrder = 'process first'): void {
  const writeProcess = (): void => {
    field(output, Type.STRUCT, 1, () => {
      struct(output, () => {
        string(output, 1, batch.serviceName);
        if (batch.processTags !== undefined) writeTags(output, 2, batch.processTags);
      });
    });
  };
  struct(output, () => {
    if (order === 'process first') writeProcess();
    structs(output, 2, batch.spans, (span) => {
      writeSpan(output, span);
    });
    if (order === 'spans first') writeProcess();
    i64(output, 3, batch.seqNo ?? 42n);
    const { drops } = batch;
    if (drops !== undefined) writeDrops(output, drops);
  });
}

function writeDrops(output: Output, drops: readonly bigint[]): void {
  field(output, Type.STRUCT, 4, () => {
    struct(output, () => {
      for (const [index, count] of drops.entries()) i64(output, index + 1, count);
    });
  });
}

function writeSpan(output: Output, span: TestSpan): void {
  struct(output, () => {
    i64(output, 1, span.traceId);
    i64(output, 2, span.traceId >> 64n);
    i64(output, 3, span.spanId);
    i64(output, 4, span.parentSpanId);
    string(output, 5, span.name);
    if (span.references !== undefined) {
      structs(output, 6, span.references, (reference) => {
        struct(output, () => {
          i32(output, 1, reference.type);
          i64(output, 2, reference.traceId);
          i64(output, 3, reference.traceId >> 64n);
          i64(output, 4, reference.spanId);
        });
      });
    }
    i32(output, 7, span.flags);
    i64(output, 8, span.startMicros);
    i64(output, 9, span.durationMicros);
    if (span.tags !== undefined) writeTags(output, 10, span.tags);
    if (span.logs !== undefined) {
      structs(output, 11, span.logs, (log) => {
        struct(output, () => {
          i64(output, 1, log.micros);
          writeTags(output, 2, log.fields);
        });
      });
    }
  });
}

function writeTags(output: Output, id: number, tags: readonly TestTag[]): void {
  structs(output, id, tags, (tag) => {
    struct(output, () => {
      string(output, 1, tag.key);
      writeTagValue(output, tag.value);
    });
  });
}

function writeTagValue(output: Output, value: TestTag['value']): void {
  i32(output, 2, ['string', 'double', 'bool', 'long', 'binary'].indexOf(value.type));
  switch (value.type) {
    case 'string':
      string(output, 3, value.value);
      break;
    case 'double':
      field(output, Type.DOUBLE, 4, () => {
        output.writeDouble(value.value);
      });
      break;
    case 'bool':
      field(output, Type.BOOL, 5, () => {
        output.writeBool(value.value);
      });
      break;
    case 'long':
      i64(output, 6, value.value);
      break;
    case 'binary':
      field(output, Type.STRING, 7, () => {
        output.writeBinary(Buffer.from(value.value));
      });
      break;
  }
}
