import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeEarlyAnswer } from '../../src/ui/api/early-answers.ts';

const HREF = 'http://localhost/api/v3/services';

describe('an answer that was asked for before the app was there', () => {
  const response = new Response('{}');

  beforeEach(() => {
    Reflect.set(globalThis, 'earlyAnswers', new Map([[HREF, Promise.resolve(response)]]));
  });
  afterEach(() => {
    Reflect.deleteProperty(globalThis, 'earlyAnswers');
  });

  it('is given to the first who asks for its address, and to no one after', async () => {
    const { signal } = new AbortController();
    expect(takeEarlyAnswer('http://localhost/other', signal)).toBeUndefined();
    expect(await takeEarlyAnswer(HREF, signal)).toBe(response);
    expect(takeEarlyAnswer(HREF, signal)).toBeUndefined();
  });

  it('is given up when nobody waits for it any more', async () => {
    await expect(takeEarlyAnswer(HREF, AbortSignal.abort())).rejects.toThrow('aborted');
  });

  it('is missing where nothing asked early', () => {
    Reflect.deleteProperty(globalThis, 'earlyAnswers');
    expect(takeEarlyAnswer(HREF, new AbortController().signal)).toBeUndefined();
  });
});
