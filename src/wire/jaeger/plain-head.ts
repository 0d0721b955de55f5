import type { ThriftReader } from '../thrift/thrift-reader.ts';
import type { SpanHead } from './span-head.ts';

/**
 * Reads the first fields of the Span struct the reader has entered, as far as they come as nearly all
 * spans have them: 1–5 one after the other, and with nothing between 7–9. Returns a bit for each
 * field read, by its id; the reader stands behind the last of them.
 */
export type ReadPlainHead = (reader: ThriftReader, head: SpanHead) => number;

export const NONE = 0;
export const IDS_AND_NAME = 0b11_1110;
export const FLAGS_AND_TIMES = 0b11_1000_0000;
export const LAST_OF_IDS_AND_NAME = 5;
export const LAST_OF_TIMES = 9;
