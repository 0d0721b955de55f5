import { describe, expect, it } from 'vitest';
import { escapeForTerminal, escapeUnseen } from '../../src/runtime/log-line.ts';

const HOSTILE = 'a\u001b[31m\u009b1m\u202eb\u200b\\u001b\ttab\nline é 日本';

describe('a line of the log', () => {
  it('says the same as JSON, with unseen characters as escapes', () => {
    const line = escapeUnseen(JSON.stringify({ msg: HOSTILE }));
    for (const character of ['\u001b', '\u009b', '\u202e', '\u200b']) {
      expect(line).not.toContain(character);
    }
    expect(JSON.parse(line)).toEqual({ msg: HOSTILE });
  });

  it('holds no control character once a terminal prints its texts', () => {
    const line = escapeForTerminal(JSON.stringify({ msg: HOSTILE }));
    const { msg } = JSON.parse(line) as { msg: string };
    expect(msg).toBe('a\\u001b[31m\\u009b1m\\u202eb\\u200b\\u001b\ttab\nline é 日本');
  });

  it('leaves an ordinary line alone', () => {
    const line = '{"level":"info","msg":"ready: C:\\\\u0041 \\"x\\""}';
    expect(escapeUnseen(line)).toBe(line);
    expect(escapeForTerminal(line)).toBe(line);
  });
});
