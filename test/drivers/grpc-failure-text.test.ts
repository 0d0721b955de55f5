import { describe, expect, it } from 'vitest';
import { createFailureTexts } from '../../src/drivers/grpc-failure-text.ts';

const FORGOTTEN = 'round_robin: No connection established. Last error: null. Resolution note: ';

describe('why a server cannot be reached', () => {
  it('is what was known last, once grpc-js has forgotten it', () => {
    const textOf = createFailureTexts('dns:///storage:17271');
    const refused = 'connect ECONNREFUSED 127.0.0.1:1';
    textOf(`No connection established. Last error: Error: ${refused}. Resolution note: `);
    textOf('the spool is full');
    expect(textOf(FORGOTTEN)).toBe(refused);
  });

  it('names the server while nothing is known', () => {
    const textOf = createFailureTexts('dns:///storage:17271');
    expect(textOf(FORGOTTEN)).toBe('no connection to dns:///storage:17271 can be made');
  });
});
