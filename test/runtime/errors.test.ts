import { describe, expect, it } from 'vitest';
import { errorText } from '../../src/runtime/errors.ts';

describe('the text of an error', () => {
  it('tells the chain of causes', () => {
    const cause = new Error('reset', { cause: 'by peer' });
    expect(errorText(new Error('not sent', { cause }))).toBe('not sent: reset: by peer');
  });

  it('does not say a cause again that it has said', () => {
    const cause = new Error('no such file');
    const error = new Error('a.yaml cannot be read: no such file', { cause });
    expect(errorText(error)).toBe('a.yaml cannot be read: no such file');
  });
});
