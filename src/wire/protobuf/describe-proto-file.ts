import { ProtobufWriter } from './writer.ts';

/** A .proto file as a table. Names of types are full behind a dot, or within the file's package. */
export interface ProtoTable {
  readonly name: string;
  readonly package: string;
  readonly imports?: readonly string[];
  /**
   * Fields as a .proto file writes them, `repeated string names = 3`, `map<string, string> tags = 4`;
   * `enum ` goes before a type that is one, ` in x` behind a field of the oneof x. A message inside
   * another is `Outer.Inner`.
   */
  readonly messages?: Readonly<Record<string, readonly string[]>>;
  readonly enums?: Readonly<Record<string, readonly string[]>>;
  /** Methods as `Name(stream Request) Response`. */
  readonly services?: Readonly<Record<string, readonly string[]>>;
}

/** What server reflection tells of a file. */
export interface DescribedProtoFile {
  readonly name: string;
  /** Full names of the services in it. */
  readonly services: readonly string[];
  /** Full names of everything in it. */
  readonly symbols: readonly string[];
  readonly dependencies: readonly string[];
  /** The google.protobuf.FileDescriptorProto. */
  readonly bytes: Uint8Array;
}

/** Field numbers of https://github.com/protocolbuffers/protobuf, google/protobuf/descriptor.proto */
const FILE = { name: 1, package: 2, dependency: 3, message: 4, enum: 5, service: 6, syntax: 12 };
const MESSAGE = { name: 1, field: 2, nested: 3, enum: 4, options: 7, oneof: 8 };
/** Of google.protobuf.MessageOptions. */
const MAP_ENTRY = 7;
const FIELD = { name: 1, number: 3, label: 4, type: 5, typeName: 6, oneofIndex: 9 };
const ENUM = { name: 1, value: 2, valueName: 1, valueNumber: 2 };
const SERVICE = { name: 1, method: 2 };
const METHOD = { name: 1, input: 2, output: 3, clientStreaming: 5, serverStreaming: 6 };
const OPTIONAL = 1;
const REPEATED = 3;
const TYPE_MESSAGE = 11;
const TYPE_ENUM = 14;
const SCALARS: Readonly<Record<string, number>> = {
  double: 1,
  float: 2,
  int64: 3,
  uint64: 4,
  int32: 5,
  fixed64: 6,
  fixed32: 7,
  bool: 8,
  string: 9,
  bytes: 12,
  uint32: 13,
};

/** @throws TypeError for a line of the table that cannot be read */
export function describeProtoFile(table: ProtoTable): DescribedProtoFile {
  const { messages = {}, enums = {}, services = {}, imports = [] } = table;
  const writer = new ProtobufWriter();
  writer.string(FILE.name, table.name);
  writer.string(FILE.package, table.package);
  for (const name of imports) writer.string(FILE.dependency, name);
  writeTypes(writer, table, { outer: '', message: FILE.message, enum: FILE.enum });
  for (const [name, methods] of Object.entries(services)) {
    const start = writer.beginMessage(FILE.service);
    writer.string(SERVICE.name, name);
    for (const method of methods) writeMethod(writer, method, table.package);
    writer.endMessage(start);
  }
  writer.string(FILE.syntax, 'proto3');
  const full = (name: string): string => `${table.package}.${name}`;
  const methods = Object.entries(services).flatMap(([service, lines]) =>
    lines.map((line) => `${service}.${line.slice(0, line.indexOf('('))}`),
  );
  return {
    name: table.name,
    services: Object.keys(services).map(full),
    symbols: [messages, enums, services].flatMap(Object.keys).concat(methods).map(full),
    dependencies: imports,
    bytes: writer.finish(),
  };
}

interface Level {
  /** The message whose types are written; empty: those of the file. */
  readonly outer: string;
  readonly message: number;
  readonly enum: number;
}

function writeTypes(writer: ProtobufWriter, table: ProtoTable, level: Level): void {
  for (const [path, fields] of Object.entries(table.messages ?? {})) {
    const [outer, name] = splitPath(path);
    if (outer !== level.outer) continue;
    const start = writer.beginMessage(level.message);
    writer.string(MESSAGE.name, name);
    const oneofs: string[] = [];
    for (const line of fields) {
      const field = asRepeatedEntry(line, path);
      writeField(writer, field, { package: table.package, oneofs });
    }
    for (const line of fields) writeMapEntry(writer, line, table.package);
    writeTypes(writer, table, { outer: path, message: MESSAGE.nested, enum: MESSAGE.enum });
    for (const oneof of oneofs) {
      const inner = writer.beginMessage(MESSAGE.oneof);
      writer.string(1, oneof);
      writer.endMessage(inner);
    }
    writer.endMessage(start);
  }
  for (const [path, values] of Object.entries(table.enums ?? {})) {
    const [outer, name] = splitPath(path);
    if (outer === level.outer) writeEnum(writer, { number: level.enum, name, values });
  }
}

const MAP_LINE = /^map<(\S+), (\S+)> (\w+) = (\d+)$/;

/** A map is a repeated message of entries, the message inside the one that has the map. */
function asRepeatedEntry(line: string, message: string): string {
  const [, , , name, number] = MAP_LINE.exec(line) ?? [];
  if (name === undefined) return line;
  return `repeated ${message}.${entryName(name)} ${name} = ${number}`;
}

function writeMapEntry(writer: ProtobufWriter, line: string, of: string): void {
  const [, key, value, name] = MAP_LINE.exec(line) ?? [];
  if (name === undefined) return;
  const start = writer.beginMessage(MESSAGE.nested);
  writer.string(MESSAGE.name, entryName(name));
  writeField(writer, `${key} key = 1`, { package: of, oneofs: [] });
  writeField(writer, `${value} value = 2`, { package: of, oneofs: [] });
  const options = writer.beginMessage(MESSAGE.options);
  writer.bool(MAP_ENTRY, true);
  writer.endMessage(options);
  writer.endMessage(start);
}

/** `span_tags` as `SpanTagsEntry`. */
function entryName(field: string): string {
  const words = field.split('_').map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  return `${words.join('')}Entry`;
}

/** `A.B.C` as `A.B` and `C`. */
function splitPath(path: string): readonly [string, string] {
  const at = path.lastIndexOf('.');
  return [path.slice(0, Math.max(at, 0)), path.slice(at + 1)];
}

/** Values are numbered from 0. */
function writeEnum(
  writer: ProtobufWriter,
  { number, name, values }: { number: number; name: string; values: readonly string[] },
): void {
  const start = writer.beginMessage(number);
  writer.string(ENUM.name, name);
  for (const [value, valueName] of values.entries()) {
    const inner = writer.beginMessage(ENUM.value);
    writer.string(ENUM.valueName, valueName);
    writer.uint32(ENUM.valueNumber, value);
    writer.endMessage(inner);
  }
  writer.endMessage(start);
}

const FIELD_LINE = /^(repeated )?(enum )?(\S+) (\w+) = (\d+)(?: in (\w+))?$/;

function writeField(
  writer: ProtobufWriter,
  line: string,
  { package: of, oneofs }: { readonly package: string; readonly oneofs: string[] },
): void {
  const [, repeated, isEnum, type = '', name = '', number, oneof] = FIELD_LINE.exec(line) ?? [];
  if (number === undefined) throw new TypeError(`no field: ${line}`);
  const start = writer.beginMessage(MESSAGE.field);
  writer.string(FIELD.name, name);
  writer.uint32(FIELD.number, Number(number));
  writer.uint32(FIELD.label, repeated === undefined ? OPTIONAL : REPEATED);
  const scalar = SCALARS[type];
  if (scalar === undefined) {
    writer.uint32(FIELD.type, isEnum === undefined ? TYPE_MESSAGE : TYPE_ENUM);
    writer.string(FIELD.typeName, fullType(type, of));
  } else {
    writer.uint32(FIELD.type, scalar);
  }
  if (oneof !== undefined) {
    if (!oneofs.includes(oneof)) oneofs.push(oneof);
    writer.uint32(FIELD.oneofIndex, oneofs.indexOf(oneof));
  }
  writer.endMessage(start);
}

const METHOD_LINE = /^(\w+)\((stream )?(\S+)\) (stream )?(\S+)$/;

function writeMethod(writer: ProtobufWriter, line: string, of: string): void {
  const [, name, clientStream, input = '', serverStream, output = ''] =
    METHOD_LINE.exec(line) ?? [];
  if (name === undefined) throw new TypeError(`no method: ${line}`);
  const start = writer.beginMessage(SERVICE.method);
  writer.string(METHOD.name, name);
  writer.string(METHOD.input, fullType(input, of));
  writer.string(METHOD.output, fullType(output, of));
  if (clientStream !== undefined) writer.bool(METHOD.clientStreaming, true);
  if (serverStream !== undefined) writer.bool(METHOD.serverStreaming, true);
  writer.endMessage(start);
}

function fullType(type: string, of: string): string {
  return type.startsWith('.') ? type : `.${of}.${type}`;
}
