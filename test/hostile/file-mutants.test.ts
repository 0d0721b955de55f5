import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { decodeBatchRecord, encodeBatchRecord } from '../../src/wire/batch-record.ts';
import { RecordLogOpenError } from '../../src/record-log/record-log-error.ts';
import {
  checkFileHeader,
  decodeFooter,
  encodeFileHeader,
  encodeFooter,
  encodeRecordHeader,
  scanRecords,
  tornRecordBytes,
} from '../../src/record-log/segment-format.ts';
import { openBlock } from '../../src/storage/embedded/block/block.ts';
import { createBlockBuilder } from '../../src/storage/embedded/block/block-builder.ts';
import { memoryBlockFile } from '../../src/storage/embedded/block/block-file.ts';
import { BlockError } from '../../src/storage/embedded/block/block-format.ts';
import { PageCache } from '../../src/storage/embedded/block/page-cache.ts';
import { encodeSpans } from '../../src/wire/otlp/encode-trace.ts';
import { scanSpans } from '../../src/wire/otlp/scan-spans.ts';
import { aBatch, aTrace, traceId } from '../harness/a-span.ts';
import { FIXED_PIECES, VARINT_PIECES } from '../harness/mutate.ts';
import { aQuery } from '../harness/read-traces.ts';
import { checkOtlp, isWireError } from './check-otlp.ts';
import { RICH_SPAN } from './corpora.ts';
import { proveDecoder } from './prove-decoder.ts';

const SALT = 0x1234_5678;
/** Little-endian sizes that lie, and the markers of records. */
const FILE_PIECES = [
  ...FIXED_PIECES.map((piece) => Buffer.from(piece).reverse()),
  encodeRecordHeader({ parts: [Buffer.from('x')], payloadBytes: 1, appendedAtMs: 1 }, SALT),
  encodeRecordHeader({ parts: [], payloadBytes: 2 ** 31, appendedAtMs: 1 }, SALT),
];

describe('damaged files', { timeout: 120_000 }, () => {
  it('of a record log give only records that were written', () => {
    const payloads = ['first', 'second record', 'x'.repeat(80)].map((text) => Buffer.from(text));
    const segment = Buffer.concat(
      payloads.flatMap((payload) => [
        encodeRecordHeader(
          { parts: [payload], payloadBytes: payload.length, appendedAtMs: 1 },
          SALT,
        ),
        payload,
      ]),
    );
    const written = new Set([...payloads.map(String), 'x', '']);
    const tally = proveDecoder({
      seed: 6,
      corpus: [segment],
      pieces: FILE_PIECES,
      decode: (bytes) => {
        const { records, damaged, end } = scanRecords(bytes, SALT);
        if (end > bytes.length || damaged.some((at) => at >= bytes.length)) {
          throw new Error('a place behind the end');
        }
        for (const { payload, start, end: recordEnd } of records) {
          if (start >= recordEnd || recordEnd > end) throw new Error('a record of no place');
          if (!written.has(payload.toString())) throw new Error('a record that nobody wrote');
        }
        if (tornRecordBytes(bytes, true, SALT) > bytes.length)
          throw new Error('torn beyond the end');
      },
      isRefusal: () => false,
    });
    expect(tally.refused).toBe(0);
  });

  it('of a record log have footers that are whole, and headers that are of this version', () => {
    const footer = encodeFooter({ records: 3, firstAppendedAtMs: 5, offset: 100 }, SALT);
    const tally = proveDecoder({
      seed: 7,
      corpus: [footer, encodeFileHeader(true)],
      pieces: FILE_PIECES,
      decode: (bytes) => {
        const found = decodeFooter(bytes, SALT, 100 + footer.length);
        if (found !== undefined) expect([found.records, found.offset]).toEqual([3, 100]);
        checkFileHeader(bytes, 'segment');
      },
      isRefusal: (error) => error instanceof RecordLogOpenError,
    });
    expect(tally.refused).toBeGreaterThan(100);
  });

  it('of a spool have batches that are whole, or are refused', () => {
    const batch = aBatch([RICH_SPAN]);
    const tally = proveDecoder({
      seed: 8,
      corpus: [Buffer.concat(encodeBatchRecord(batch))],
      pieces: FILE_PIECES,
      decode: (bytes) => checkOtlp(decodeBatchRecord(bytes).otlp),
      isRefusal: isWireError,
    });
    expect(tally.accepted).toBeGreaterThan(1_000);
    expect(tally.refused).toBeGreaterThan(10_000);
  });

  it('of blocks are refused, or lose the spans of their damaged pages', async () => {
    const builder = createBlockBuilder({ rowsPerPage: 3, spansExpected: 8 });
    const otlp = encodeSpans([...aTrace(7, { traceId: traceId(1) }), RICH_SPAN]);
    builder.add(otlp, scanSpans(otlp));
    const searches: Promise<unknown>[] = [];
    const tally = proveDecoder({
      seed: 9,
      mutants: 5_000,
      corpus: [builder.finish(1).bytes],
      pieces: [...FILE_PIECES, ...VARINT_PIECES],
      decode: (bytes) => {
        const block = openBlock(memoryBlockFile(bytes), new PageCache(2 ** 20));
        const spans = [...block.readAll()].flatMap(checkOtlp);
        if (spans.length < 8 && block.damagedPages === 0) throw new Error('lost without a word');
        searches.push(block.find(aQuery({ operationName: 'GET /' })));
        block.names();
      },
      isRefusal: (error) => error instanceof BlockError,
    });
    for (const search of await Promise.allSettled(searches)) {
      if (search.status === 'rejected') expect(search.reason).toBeInstanceOf(BlockError);
    }
    expect(tally.accepted).toBeGreaterThan(500);
    expect(tally.refused).toBeGreaterThan(500);
  });
});
