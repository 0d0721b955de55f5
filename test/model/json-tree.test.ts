import { describe, expect, it } from 'vitest';
import { jsonSize, jsonText, readJson } from '../../src/model/json-tree.ts';

const pretty = (text: string): string | undefined => {
  const node = readJson(text);
  return node && jsonText(node);
};

describe('readJson', () => {
  it.each([
    '{"a":1,"b":[true,null,{"c":"x, y: {z}"}],"d":{},"e":[]}',
    '[ "a\\"b", "\\\\", -1.5 ]',
    '{"":{"nested":[[1],[2]]}}',
  ])('lays %s out as JSON.stringify does', (text) => {
    expect(pretty(text)).toBe(JSON.stringify(JSON.parse(text), undefined, 2));
  });

  it('keeps digits that a number would lose, and repeated keys', () => {
    expect(pretty('{"id":12345678901234567890,"x":1.0,"x":2}')).toBe(
      '{\n  "id": 12345678901234567890,\n  "x": 1.0,\n  "x": 2\n}',
    );
  });

  it.each(['', 'text', '12', '"{}"', '{', '{"a":}', '[1,]', '{a:1}', '[1] x'])(
    'leaves %j as it is',
    (text) => {
      expect(readJson(text)).toBeUndefined();
    },
  );

  it('leaves what is nested too deeply as it is', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(readJson(nested(100))).toBeDefined();
    expect(readJson(nested(5_000))).toBeUndefined();
  });

  it('counts what is directly below', () => {
    const node = readJson('{"a":[1,2,3],"b":4}');
    expect(node && jsonSize(node)).toBe(2);
  });
});
