import { Buffer } from 'node:buffer';
import { processAsJaeger } from '../../model/as-jaeger.ts';
import type { TagAsJaeger } from '../../model/as-jaeger.ts';
import { attributeText } from '../../model/attribute-text.ts';
import type { Resource } from '../../model/span.ts';
import { ProtobufReader } from '../../wire/protobuf/reader.ts';
import { JsonBytes } from './json-bytes.ts';
import type { ByteRange } from './known-bytes.ts';
import { KnownBytes } from './known-bytes.ts';
import { quoted } from './quoted.ts';
import { BOOL_TAG, INT_TAG } from './stored-attributes.ts';

/** Keys that are remembered; a trace has a few dozen. */
const KEYS_MAX = 4096;
const FIRST_BYTES = 4096;
/** Kind of `KnownBytes` for values that are text; others are told from it and from each other. */
const TEXT = 0;
const KINDS_A_KEY = 256;

/** The dictionaries of a `UiTracePiece`: numbers for texts, and the new ones as JSON. */
export class UiTraceDictionary {
  private readonly keys = new Map<string, number>();
  private keyCount = 0;
  private readonly pairs = new KnownBytes();
  private pairCount = 0;
  private readonly names = new KnownBytes();
  private nameCount = 0;
  private readonly processes = new Map<string, number>();
  private readonly resources = new WeakMap<Resource, number>();
  private processCount = 0;

  private newKeys: string[] = [];
  private newProcesses: string[] = [];
  private readonly pairKeys: number[] = [];
  private readonly pairLengths: number[] = [];
  private readonly pairText = new JsonBytes(FIRST_BYTES);
  private readonly newNames = new JsonBytes(FIRST_BYTES);

  /** Of the texts that are not taken yet. */
  get size(): number {
    return this.pairText.length + this.newNames.length;
  }

  /** The number of a key; one that is not remembered gets another each time. */
  keyOf(key: string): number {
    const known = this.keys.get(key);
    if (known !== undefined) return known;
    const number = this.keyCount++;
    if (this.keys.size < KEYS_MAX) this.keys.set(key, number);
    this.newKeys.push(quoted(key));
    return number;
  }

  /** The number of a pair whose value is text in UTF-8. */
  pairOfText(key: number, from: Buffer, range: ByteRange): number {
    const number = this.pairs.find(from, range, key * KINDS_A_KEY + TEXT, this.pairCount);
    if (number === this.pairCount) {
      this.addPair(key, this.pairText.addContent(from, range.start, range.end));
    }
    return number;
  }

  /** The same for a value of which the bytes are not its text; `type`, below 256, tells what they mean. */
  pairOfBytes(key: number, from: Buffer, { start, end, type }: TypedBytes): number {
    const range = { start, end };
    const number = this.pairs.find(from, range, key * KINDS_A_KEY + type, this.pairCount);
    if (number === this.pairCount) {
      const text = storedValueText(from, { start, end, type });
      this.pairText.addText(text);
      this.addPair(key, text.length);
    }
    return number;
  }

  pairOf({ key, value }: TagAsJaeger): number {
    const bytes = Buffer.from(tagText(value));
    return this.pairOfText(this.keyOf(key), bytes, { start: 0, end: bytes.length });
  }

  /** The number of a name of an operation. */
  nameOf(from: Buffer, range: ByteRange): number {
    const number = this.names.find(from, range, TEXT, this.nameCount);
    if (number < this.nameCount) return number;
    if (this.newNames.length > 0) this.newNames.add(COMMA);
    this.newNames.addQuoted(from, range.start, range.end);
    this.nameCount += 1;
    return number;
  }

  /** Equal processes share a number. */
  processOf(resource: Resource): number {
    const known = this.resources.get(resource);
    if (known !== undefined) return known;
    const { serviceName, tags } = processAsJaeger(resource);
    const pairs = tags.map((tag) => this.pairOf(tag));
    const text = `{"serviceName":${quoted(serviceName)},"tags":[${pairs.join(',')}]}`;
    const number = this.processes.get(text) ?? this.addProcess(text);
    this.resources.set(resource, number);
    return number;
  }

  /** `UiTraceTexts` without its braces: what is new since the last time. */
  takeTo(json: JsonBytes): void {
    addField(json, 'keys', () => {
      json.addText(`[${this.newKeys.join(',')}]`);
    });
    json.add(COMMA);
    addNumbers(json, 'pairKeys', this.pairKeys);
    json.add(COMMA);
    addNumbers(json, 'pairLengths', this.pairLengths);
    json.addText(',"pairText":"');
    json.add(this.pairText.take());
    json.addText('","names":[');
    json.add(this.newNames.take());
    json.addText('],');
    addField(json, 'processes', () => {
      json.addText(`[${this.newProcesses.join(',')}]`);
    });
    this.newKeys = [];
    this.newProcesses = [];
    this.pairKeys.length = this.pairLengths.length = 0;
  }

  private addPair(key: number, length: number): void {
    this.pairKeys.push(key);
    this.pairLengths.push(length);
    this.pairCount += 1;
  }

  private addProcess(text: string): number {
    const number = this.processCount++;
    this.processes.set(text, number);
    this.newProcesses.push(text);
    return number;
  }
}

interface TypedBytes extends ByteRange {
  /** Tag of the field in AnyValue: that of a boolean, an integer or a double. */
  readonly type: number;
}

function storedValueText(from: Buffer, { end, start, type }: TypedBytes): string {
  if (type === BOOL_TAG) return from[start] === 0 ? 'false' : 'true';
  if (type !== INT_TAG) return String(from.readDoubleLE(start));
  return String(new ProtobufReader(from, start, end).int64());
}

const COMMA = Buffer.from(',');

/** A list of numbers as a field of an object. */
export function addNumbers(json: JsonBytes, name: string, numbers: readonly number[]): void {
  addField(json, name, () => {
    json.addText('[');
    json.addNumbers(numbers);
    json.addText(']');
  });
}

function addField(json: JsonBytes, name: string, addValue: () => void): void {
  json.addText(`"${name}":`);
  addValue();
}

/** What people read in a tag of Jaeger's JSON, where numbers are JSON's, and empty bytes are null. */
function tagText(value: TagAsJaeger['value']): string {
  return value.type === 'double' ? String(value.value) : attributeText(value);
}
