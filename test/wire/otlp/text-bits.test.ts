import { describe, expect, it } from 'vitest';
import type { Span } from '../../../src/model/span.ts';
import { encodeSpans } from '../../../src/wire/otlp/encode-trace.ts';
import { scanSpans } from '../../../src/wire/otlp/scan-spans.ts';
import { isAsciiBits, textBits } from '../../../src/wire/otlp/text-bits.ts';
import { aSpan } from '../../harness/a-span.ts';

describe('textBits', () => {
  it('finds the one byte that is not ASCII, wherever it is, and none outside of the range', () => {
    for (let length = 1; length <= 12; length += 1) {
      for (let at = 0; at < length; at += 1) {
        const bytes = new Uint8Array(length + 2).fill(0x61);
        const view = new DataView(bytes.buffer);
        bytes[0] = 0xff;
        bytes[length + 1] = 0xff;
        expect(isAsciiBits(textBits(view, 1, length + 1))).toBe(true);
        bytes[at + 1] = 0x80;
        expect(isAsciiBits(textBits(view, 1, length + 1))).toBe(false);
      }
    }
  });
});

function anEvent(name: string, value: string): Span['events'][number] {
  const attributes = [{ key: 'k', value: { type: 'string' as const, value } }];
  return { timeUnixNano: 1n, name, attributes, droppedAttributesCount: 0 };
}

describe('a scan', () => {
  it.each([
    ['a plain span', { attributes: { key: 'value', number: 200n, real: -1.5, flag: true } }, 1],
    ['a name', { name: 'GET /café' }, 0],
    ['a status', { status: { code: 'error' as const, message: 'no' } }, 1],
    ["a status' message", { status: { code: 'error' as const, message: 'né' } }, 0],
    ['an event', { events: [anEvent('e', 'x'.repeat(200))] }, 0],
    ['a plain event', { events: [anEvent('e', 'v')] }, 1],
    ["an event's name", { events: [anEvent('é', 'v')] }, 0],
    ["an event's value", { events: [anEvent('e', 'é')] }, 0],
    ['a key', { attributes: { clé: 1n } }, 0],
    ['a value', { attributes: { key: 'é' } }, 0],
    ['a value of more than 127 bytes', { attributes: { key: 'x'.repeat(200) } }, 0],
    [
      'a list',
      {
        attributes: {
          key: { type: 'array' as const, values: [{ type: 'string' as const, value: 'é' }] },
        },
      },
      0,
    ],
  ])('says whether it has seen nothing but ASCII: %s', (_name, overrides, expected) => {
    const { asciiTexts } = scanSpans(encodeSpans([aSpan(), aSpan(overrides), aSpan()]));
    expect([...asciiTexts]).toEqual([1, expected, 1]);
  });
});
