import {
  FLAGS_AND_TIMES,
  IDS_AND_NAME,
  LAST_OF_IDS_AND_NAME,
  LAST_OF_TIMES,
  NONE,
} from './plain-head.ts';
import type { ReadPlainHead } from './plain-head.ts';
import type { SpanHead } from './span-head.ts';

/** Type and id of each field, big-endian, as the first three bytes of a word. */
const TRACE_ID_LOW = 0x0a_00_01;
const TRACE_ID_HIGH = 0x0a_00_02;
const SPAN_ID = 0x0a_00_03;
const PARENT_SPAN_ID = 0x0a_00_04;
const NAME = 0x0b_00_05;
const FLAGS = 0x08_00_07;
const START_TIME = 0x0a_00_08;
const DURATION = 0x0a_00_09;

const HEADER_BYTES = 3;
/** Header and value. */
const I64_BYTES = HEADER_BYTES + 8;
const I32_BYTES = HEADER_BYTES + 4;
const NAME_AT = 4 * I64_BYTES;
const TEXT_AT = NAME_AT + HEADER_BYTES + 4;
const START_AT = I32_BYTES;
const DURATION_AT = START_AT + I64_BYTES;
const TIMES_BYTES = DURATION_AT + I64_BYTES;
const TWO_32 = 2 ** 32;

/** All fields but the name are where they always are. */
export const readBinaryHead: ReadPlainHead = (reader, head) => {
  const { view, position } = reader;
  const { byteLength } = view;
  if (position + TEXT_AT > byteLength || !areIdsAndName(view, position)) return NONE;
  const nameStart = position + TEXT_AT;
  const nameEnd = nameStart + view.getUint32(nameStart - 4);
  if (nameEnd > byteLength) return NONE;
  readIds(view, position + HEADER_BYTES, head);
  head.nameStart = nameStart;
  head.nameEnd = nameEnd;
  if (nameEnd + TIMES_BYTES > byteLength || !areFlagsAndTimes(view, nameEnd)) {
    reader.goOn(nameEnd, LAST_OF_IDS_AND_NAME);
    return IDS_AND_NAME;
  }
  head.flags = view.getInt32(nameEnd + HEADER_BYTES);
  head.startMicros = microsAt(view, nameEnd + START_AT + HEADER_BYTES);
  head.durationMicros = microsAt(view, nameEnd + DURATION_AT + HEADER_BYTES);
  reader.goOn(nameEnd + TIMES_BYTES, LAST_OF_TIMES);
  return IDS_AND_NAME | FLAGS_AND_TIMES;
};

function areIdsAndName(view: DataView, at: number): boolean {
  return (
    isField(view, at, TRACE_ID_LOW) &&
    isField(view, at + I64_BYTES, TRACE_ID_HIGH) &&
    isField(view, at + 2 * I64_BYTES, SPAN_ID) &&
    isField(view, at + 3 * I64_BYTES, PARENT_SPAN_ID) &&
    isField(view, at + NAME_AT, NAME)
  );
}

function areFlagsAndTimes(view: DataView, at: number): boolean {
  return (
    isField(view, at, FLAGS) &&
    isField(view, at + START_AT, START_TIME) &&
    isField(view, at + DURATION_AT, DURATION)
  );
}

function isField(view: DataView, at: number, header: number): boolean {
  return view.getInt32(at) >> 8 === header;
}

/** From the value of the first of them, all of one size. */
function readIds(view: DataView, at: number, { traceId, id, parentId }: SpanHead): void {
  traceId[2] = view.getInt32(at);
  traceId[3] = view.getInt32(at + 4);
  traceId[0] = view.getInt32(at + I64_BYTES);
  traceId[1] = view.getInt32(at + I64_BYTES + 4);
  id[0] = view.getInt32(at + 2 * I64_BYTES);
  id[1] = view.getInt32(at + 2 * I64_BYTES + 4);
  parentId[0] = view.getInt32(at + 3 * I64_BYTES);
  parentId[1] = view.getInt32(at + 3 * I64_BYTES + 4);
}

function microsAt(view: DataView, at: number): number {
  return view.getInt32(at) * TWO_32 + view.getUint32(at + 4);
}
