import { describe, expect, it } from 'vitest';
import { jsonToOtlp } from '../../src/wire/otlp/json-to-otlp.ts';
import { resourceSpansText } from '../../src/wire/otlp/otlp-json.ts';
import { decodeSpans } from '../../src/wire/otlp/decode-trace.ts';
import { JSON_PIECES, NAME_PIECES, VARINT_PIECES } from '../harness/mutate.ts';
import { checkMadeOtlp, checkOtlp, isWireError } from './check-otlp.ts';
import { otlpCorpus } from './corpora.ts';
import { proveDecoder } from './prove-decoder.ts';

const TIMEOUT_MS = 120_000;

describe('damaged OTLP', () => {
  it('in protobuf is kept as valid spans or refused', { timeout: TIMEOUT_MS }, () => {
    const tally = proveDecoder({
      seed: 1,
      corpus: otlpCorpus(),
      pieces: [...VARINT_PIECES, ...NAME_PIECES],
      decode: checkOtlp,
      isRefusal: isWireError,
    });
    expect(tally.accepted).toBeGreaterThan(10_000);
    expect(tally.refused).toBeGreaterThan(10_000);
  });

  it('in JSON is kept as valid spans or refused', { timeout: TIMEOUT_MS }, () => {
    const corpus = otlpCorpus().map((bytes) => {
      const spans = [...resourceSpansText(decodeSpans(bytes), (value) => JSON.stringify(value))];
      return Buffer.from(`{"resourceSpans":[${spans.join('')}]}`);
    });
    const tally = proveDecoder({
      seed: 2,
      corpus: corpus.filter((bytes) => bytes.length < 2500),
      pieces: [...JSON_PIECES, ...NAME_PIECES],
      decode: (bytes) => checkMadeOtlp(jsonToOtlp(bytes), bytes),
      isRefusal: isWireError,
    });
    expect(tally.accepted).toBeGreaterThan(10_000);
    expect(tally.refused).toBeGreaterThan(10_000);
  });
});
