import thrift from 'thrift';
import { SPANS_PER_PACKET, jaegerPackets } from './jaeger-packets.ts';

/*
 * Decodes Jaeger's UDP packets with npm's thrift again and again: node npm-thrift-decoder.ts <seconds>.
 * Prints `measuring` after a warm-up, then one line of JSON.
 */
const WARM_UP_MS = 1000;
const { Type } = thrift.Thrift;

type Value = unknown;

/** Builds what generated code builds: an object a struct, with its fields. */
function readStruct(input: thrift.TProtocol): Value {
  const fields: Record<number, Value> = {};
  input.readStructBegin();
  for (;;) {
    const { ftype, fid } = input.readFieldBegin();
    if (ftype === Type.STOP) break;
    fields[fid] = readValue(input, ftype);
    input.readFieldEnd();
  }
  input.readStructEnd();
  return fields;
}

const READERS = new Map<thrift.Thrift.Type, (input: thrift.TProtocol) => Value>([
  [Type.STRUCT, readStruct],
  [Type.LIST, readList],
  [Type.STRING, (input) => input.readString()],
  [Type.I64, (input) => input.readI64()],
  [Type.I32, (input) => input.readI32()],
  [Type.DOUBLE, (input) => input.readDouble()],
  [Type.BOOL, (input) => input.readBool()],
]);

function readValue(input: thrift.TProtocol, type: thrift.Thrift.Type): Value {
  const read = READERS.get(type);
  if (read === undefined) throw new Error(`Jaeger's spans have no field of type ${type}`);
  return read(input);
}

function readList(input: thrift.TProtocol): Value {
  const { etype, size } = input.readListBegin();
  const values = Array.from({ length: size }, () => readValue(input, etype));
  input.readListEnd();
  return values;
}

function decodeFor(packets: readonly Buffer[], ms: number): { spans: number; seconds: number } {
  const started = performance.now();
  let spans = 0;
  for (let at = 0; performance.now() - started < ms; at += 1) {
    const input = new thrift.TCompactProtocol(
      new thrift.TFramedTransport(packets[at % packets.length]),
    );
    input.readMessageBegin();
    readStruct(input);
    spans += SPANS_PER_PACKET;
  }
  return { spans, seconds: (performance.now() - started) / 1000 };
}

const packets = jaegerPackets();
decodeFor(packets, WARM_UP_MS);
console.log('measuring');
const cpu = process.cpuUsage();
const { spans, seconds } = decodeFor(packets, Number(process.argv[2] ?? '3') * 1000);
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ spans, seconds, cpuSeconds: (user + system) / 1e6 }));
