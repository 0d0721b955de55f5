import { describe, expect, it } from 'vitest';
import type { ValueTest } from '../../src/model/search-filter.ts';
import type { AttributeValue } from '../../src/model/span.ts';
import { decimalOf, isMet, isMetBy, valueRule } from '../../src/model/value-rule.ts';

const string = (value: string): AttributeValue => ({ type: 'string', value });
const int = (value: bigint): AttributeValue => ({ type: 'int', value });
const double = (value: number): AttributeValue => ({ type: 'double', value });
const noPatterns = (): never => {
  throw new Error('no pattern is expected');
};
const isMetIn = (test: ValueTest, value: AttributeValue): boolean =>
  isMetBy(valueRule(test, noPatterns), value);

describe('value rules', () => {
  it.each([
    [int(500n), '>=', '500', true],
    [int(499n), '>=', '500', false],
    [double(499.5), '>', '499', true],
    [string('500'), '>=', '5e2', true],
    [string('0500'), '=', '500', false],
    [string('0500'), '>=', '500', true],
    [string('five'), '>', '0', false],
    [string(''), '>=', '0', false],
    [string(' 5'), '>', '0', false],
    [string('0x10'), '>', '0', false],
    [{ type: 'bool', value: true } as const, '>', '0', false],
    [double(NaN), '>=', '0', false],
    [double(Infinity), '>', '1e300', true],
    [int(9_007_199_254_740_993n), '>', '9007199254740992', true],
    [string('9007199254740993'), '<=', '9007199254740992', false],
    [int(1n), '<', '1.5', true],
    [int(1n), '<', 'much', false],
    [double(-0), '=', '-0', true],
    [string('Paid'), '=', 'paid', false],
    [string('a'), '!=', 'a', false],
    [int(1n), '!=', 'a', true],
  ] as const)('%o %s %s is %j', (value, operator, text, expected) => {
    expect(isMetIn({ operator, value: text }, value)).toBe(expected);
  });

  it('takes one of several texts', () => {
    const test: ValueTest = { operator: 'in', values: ['a', '2'] };
    expect([string('a'), int(2n), string('b')].map((value) => isMetIn(test, value))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('tells what is missing from what does not match', () => {
    const [some, none, nothing] = ['=', '!=', 'absent'].map((operator) =>
      valueRule({ operator, value: 'x' } as ValueTest, noPatterns),
    );
    const verdicts = [some, none, nothing].map((rule) =>
      rule === undefined
        ? []
        : [isMet(rule, false, false), isMet(rule, true, false), isMet(rule, true, true)],
    );
    expect(verdicts).toEqual([
      [false, false, true],
      [false, true, false],
      [true, false, false],
    ]);
  });

  it('reads decimal numbers and nothing else', () => {
    expect(['1', '-1', '1.5', '1e3', '00'].map(decimalOf)).toEqual([1n, -1n, 1.5, 1000, 0n]);
    const others = ['', '-', '.5', '1.', '+1', '1_000', 'NaN', '１', '9'.repeat(65)];
    expect(others.map(decimalOf)).toEqual(others.map(() => undefined));
  });
});
