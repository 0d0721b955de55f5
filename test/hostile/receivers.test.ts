import type { Buffer } from 'node:buffer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sanitize } from '../../src/pipeline/sanitize.ts';
import { scanSpans } from '../../src/wire/otlp/scan-spans.ts';
import { WireError } from '../../src/wire/wire-error.ts';
import { mutants } from '../harness/mutate.ts';
import { until } from '../harness/until.ts';
import { startSystem } from './system.ts';
import type { System } from './system.ts';
import { WAYS_IN } from './ways-in.ts';
import type { WayIn } from './ways-in.ts';

const MUTANTS = 200;
const TIMEOUT_MS = 120_000;

/** Names that objects have already, and texts that are trouble for terminals and browsers. */
const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '\u001b[31mred\u0007\u009b2J',
  '\u202egnp.exe\u2066',
  '</script><img src=x onerror=alert(1)>\u2028',
  'a\nb\r\n\tc\u007f',
];

let system: System;
const prototypeBefore = Object.getOwnPropertyNames(Object.prototype);

beforeAll(async () => {
  system = await startSystem();
  Object.freeze(Object.prototype);
});

afterAll(async () => {
  await system[Symbol.asyncDispose]();
});

describe.each(WAYS_IN)('$name', (way) => {
  it('answers damage with its permanent error, and goes on', { timeout: TIMEOUT_MS }, async () => {
    const whole = way.encode({ id: idOf(way, 99), text: 'whole' });
    const damaged = mutants({ seed: 12, corpus: [whole], pieces: way.pieces });
    for (let index = 0; index < MUTANTS; index += 1) {
      const message = damaged.next().value;
      const answer = await way.send(system, message);
      if (answer === undefined) continue;
      expect([answer, message.toString('base64')]).toEqual([
        expectedAnswer(way, message),
        message.toString('base64'),
      ]);
    }
    const answer = await way.send(system, way.encode({ id: idOf(way, 98), text: 'after' }));
    expect(answer ?? 'taken').toBe('taken');
    await shown(idOf(way, 98));
    await until(async () => (await system.ledger()).inFlight === 0);
  });

  it.each(NAMES.map((text, index) => ({ text, index, shownAs: JSON.stringify(text) })))(
    'brings $shownAs to the screen as it is',
    async ({ text, index }) => {
      const id = idOf(way, index);
      const answer = await way.send(system, way.encode({ id, text }));
      expect(answer ?? 'taken').toBe('taken');
      const trace = await shown(id);
      expect(Array.from(trace).filter(isMarkup)).toEqual([]);
      expect(JSON.parse(trace)).toMatchObject({
        data: [
          {
            spans: [
              {
                operationName: text,
                tags: expect.arrayContaining([
                  { key: text, type: 'string', value: text },
                ]) as unknown,
              },
            ],
            processes: { p1: { serviceName: text } },
          },
        ],
      });
    },
  );
});

describe('after all of it', () => {
  it('has every name among the services, and nothing new on every object', async () => {
    const { text } = await system.get('/api/services');
    expect(JSON.parse(text)).toMatchObject({
      data: expect.arrayContaining([...NAMES, 'after']) as unknown,
    });
    for (const name of NAMES) {
      const operations = await system.get(`/api/services/${encodeURIComponent(name)}/operations`);
      expect(JSON.parse(operations.text)).toMatchObject({ data: [name] });
    }
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(prototypeBefore);
    expect(Object.getOwnPropertyNames({})).toEqual([]);
  });

  it('has books that balance', async () => {
    const ledger = await system.ledger();
    expect(ledger.received).toBeGreaterThan(WAYS_IN.length * NAMES.length);
    expect(ledger.dropped).toBe(0);
    expect(ledger.inFlight).toBe(0);
  });
});

/** What JSON may not hold, or a browser would take for the end of a script. */
function isMarkup(character: string): boolean {
  return character < ' ' || '<>\u2028\u2029'.includes(character);
}

/** A trace of its own for each way in and each text. */
function idOf(way: WayIn, index: number): number {
  return 1000 * (WAYS_IN.indexOf(way) + 1) + index + 1;
}

/** Jaeger's JSON of a trace, once it is stored. */
async function shown(id: number): Promise<string> {
  let text = '';
  await until(async () => {
    const answer = await system.get(`/api/traces/${id.toString(16)}`);
    text = answer.text;
    return answer.status === 200;
  });
  return text;
}

/** As the codec says; receivers other than OTLP's refuse too when no span is worth keeping. */
function expectedAnswer(way: WayIn, message: Buffer): string {
  try {
    const otlp = way.toOtlp(message);
    const scan = scanSpans(otlp);
    const { batch } = sanitize({
      tenant: '',
      otlp,
      scan,
      receivedAtMs: Date.now(),
      format: 'otlp',
    });
    const isNothingKept = scan.count > 0 && batch.scan.count === 0;
    return !way.name.startsWith('OTLP') && isNothingKept ? 'refused' : 'taken';
  } catch (error) {
    if (error instanceof WireError) return 'refused';
    throw error;
  }
}
