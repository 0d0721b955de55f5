import { Buffer } from 'node:buffer';
import type { DependencyLink } from '../../model/trace-query.ts';
import { ProtobufReader, WIRE_LENGTH, WIRE_VARINT } from '../protobuf/reader.ts';
import { readTextMessage } from '../protobuf/text-fields.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';

/** GetServicesResponse{1 services}. */
export function encodeServices(services: readonly string[]): Uint8Array {
  const writer = new ProtobufWriter();
  for (const service of services) writer.string(1, service);
  return writer.finish();
}

/** @throws WireError */
export function decodeServices(bytes: Uint8Array): readonly string[] {
  return decodeRepeated(bytes, (reader) => reader.string());
}

export interface OperationMessage {
  readonly name: string;
  /** Jaeger's word for the kind; '' when there is none. */
  readonly spanKind: string;
}

/** GetOperationsResponse{1 operations: Operation{1 name, 2 span_kind}}. */
export function encodeOperations(operations: readonly OperationMessage[]): Uint8Array {
  const writer = new ProtobufWriter();
  for (const { name, spanKind } of operations) {
    const start = writer.beginMessage(1);
    writer.string(1, name);
    if (spanKind !== '') writer.string(2, spanKind);
    writer.endMessage(start);
  }
  return writer.finish();
}

/** @throws WireError */
export function decodeOperations(bytes: Uint8Array): readonly OperationMessage[] {
  return decodeRepeated(bytes, (reader) => {
    const [name = '', spanKind = ''] = readTextMessage(reader, 2);
    return { name, spanKind };
  });
}

/** FindTraceIDsResponse{1 trace_ids: FoundTraceID{1 trace_id}}, of ids of 32 hex digits. */
export function encodeTraceIds(traceIds: readonly string[]): Uint8Array {
  const writer = new ProtobufWriter();
  for (const traceId of traceIds) {
    const start = writer.beginMessage(1);
    writer.hex(1, traceId);
    writer.endMessage(start);
  }
  return writer.finish();
}

/** @throws WireError */
export function decodeTraceIds(bytes: Uint8Array): readonly string[] {
  return decodeRepeated(bytes, (reader) => {
    const outer = reader.enter();
    let traceId = '';
    while (reader.hasMore()) {
      const tag = reader.tag();
      if (tag >>> 3 === 1) {
        reader.expect(tag, WIRE_LENGTH);
        traceId = Buffer.from(reader.bytes()).toString('hex');
      } else {
        reader.skip(tag);
      }
    }
    reader.leave(outer);
    return traceId;
  });
}

/** GetDependenciesResponse{1 dependencies: Dependency{1 parent, 2 child, 3 call_count}}. */
export function encodeDependencies(links: readonly DependencyLink[]): Uint8Array {
  const writer = new ProtobufWriter();
  for (const { parent, child, callCount } of links) {
    const start = writer.beginMessage(1);
    writer.string(1, parent);
    writer.string(2, child);
    writer.int64(3, BigInt(callCount));
    writer.endMessage(start);
  }
  return writer.finish();
}

/** @throws WireError */
export function decodeDependencies(bytes: Uint8Array): readonly DependencyLink[] {
  return decodeRepeated(bytes, (reader) => {
    const outer = reader.enter();
    let parent = '';
    let child = '';
    let callCount = 0;
    while (reader.hasMore()) {
      const tag = reader.tag();
      const field = tag >>> 3;
      if (field >= 1 && field <= 3) reader.expect(tag, field === 3 ? WIRE_VARINT : WIRE_LENGTH);
      if (field === 1) parent = reader.string();
      else if (field === 2) child = reader.string();
      else if (field === 3) callCount = Number(BigInt.asUintN(64, reader.int64()));
      else reader.skip(tag);
    }
    reader.leave(outer);
    return { parent, child, callCount };
  });
}

/** What a backend can search; the zero value is the least capable one. */
export interface SearchAbilities {
  readonly withoutServiceName: boolean;
  readonly sameSpanConjunction: boolean;
  /** Beyond Jaeger; see `search-extension.ts`. */
  readonly filters: boolean;
  readonly cursor: boolean;
  readonly attributes: boolean;
  readonly archive: boolean;
}

/** Field numbers. */
const ABILITIES: Readonly<Record<keyof SearchAbilities, number>> = {
  withoutServiceName: 1,
  sameSpanConjunction: 2,
  filters: 1001,
  cursor: 1002,
  attributes: 1003,
  archive: 1004,
};

/** GetCapabilitiesResponse{1 search: SearchCapabilities}. */
export function encodeCapabilities(search: SearchAbilities): Uint8Array {
  const writer = new ProtobufWriter();
  const start = writer.beginMessage(1);
  if (search.withoutServiceName) writer.bool(ABILITIES.withoutServiceName, true);
  if (search.sameSpanConjunction) writer.bool(ABILITIES.sameSpanConjunction, true);
  if (search.filters) writer.bool(ABILITIES.filters, true);
  if (search.cursor) writer.bool(ABILITIES.cursor, true);
  if (search.attributes) writer.bool(ABILITIES.attributes, true);
  if (search.archive) writer.bool(ABILITIES.archive, true);
  writer.endMessage(start);
  return writer.finish();
}

/** @throws WireError */
export function decodeCapabilities(bytes: Uint8Array): SearchAbilities {
  const known = new Set(Object.values(ABILITIES));
  const found = decodeRepeated(bytes, (reader) => {
    const outer = reader.enter();
    const flags = new Map<number, boolean>();
    while (reader.hasMore()) {
      const tag = reader.tag();
      const field = tag >>> 3;
      if (known.has(field)) {
        reader.expect(tag, WIRE_VARINT);
        flags.set(field, reader.varint32() !== 0);
      } else {
        reader.skip(tag);
      }
    }
    reader.leave(outer);
    return flags;
  });
  const can = (ability: keyof SearchAbilities): boolean =>
    found.at(-1)?.get(ABILITIES[ability]) === true;
  return {
    withoutServiceName: can('withoutServiceName'),
    sameSpanConjunction: can('sameSpanConjunction'),
    filters: can('filters'),
    cursor: can('cursor'),
    attributes: can('attributes'),
    archive: can('archive'),
  };
}

/** The items of field 1 of a message; other fields are stepped over. */
export function decodeRepeated<T>(
  bytes: Uint8Array,
  decodeItem: (reader: ProtobufReader) => T,
): readonly T[] {
  const reader = new ProtobufReader(bytes);
  const items: T[] = [];
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag >>> 3 === 1) {
      reader.expect(tag, WIRE_LENGTH);
      items.push(decodeItem(reader));
    } else {
      reader.skip(tag);
    }
  }
  return items;
}
