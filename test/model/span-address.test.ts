import { describe, expect, it } from 'vitest';
import { spanAddressOf } from '../../src/model/span-address.ts';

const LONG = '0af7651916cd43dd8448eb211c80319c';
const SHORT = '00000000000abc12';
const SPAN = 'b7ad6b7169203331';

describe('a copied text', () => {
  it.each([
    [LONG],
    [`  ${LONG.toUpperCase()}\n`],
    [`"${LONG}",`],
    [`0x${LONG}`],
    ['af7651916cd43dd8448eb211c80319c'],
    ['0af76519-16cd-43dd-8448-eb211c80319c'],
    ['Root=1-0af76519-16cd43dd8448eb211c80319c;Sampled=1'],
    [`https://jaeger.example/base/trace/${LONG}?uiFind=x`],
    [`/trace/${LONG}`],
    ['CvdlGRbNQ92ESOshHIAxnA=='],
  ])('that is %j names a trace', (copied) => {
    expect(spanAddressOf(copied)).toEqual({ traceId: LONG });
  });

  it('keeps a trace id of 64 bits one of 64 bits', () => {
    expect(spanAddressOf('ABC12')).toEqual({ traceId: SHORT });
  });

  it.each([
    [`00-${LONG}-${SPAN}-01`, LONG, SPAN],
    [`${LONG}:${SPAN}:0:1`, LONG, SPAN],
    ['abc12:f:0:d', SHORT, '000000000000000f'],
    [`${LONG}-${SPAN}-1`, LONG, SPAN],
    [`${SHORT}-${SPAN}`, SHORT, SPAN],
    [`${SHORT}-${SPAN}-d-${SPAN}`, SHORT, SPAN],
  ])('that is the header value %j names a span', (copied, traceId, spanId) => {
    expect(spanAddressOf(copied)).toEqual({ traceId, spanId });
  });

  it.each([[''], ['  '], ['checkout'], ['12 34'], [`${LONG}0`], ['0x'], ['00-1-2-01']])(
    'that is %j names nothing',
    (copied) => {
      expect(spanAddressOf(copied)).toBeUndefined();
    },
  );
});
