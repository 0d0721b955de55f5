import { SPAN_KINDS } from '../model/span.ts';
import { UsageError } from '../runtime/errors.ts';
import { parseGoDuration } from '../runtime/go-duration.ts';
import { isJsonObject } from '../runtime/json-object.ts';
import type { JsonObject } from '../runtime/json-object.ts';
import { ATTRIBUTE_ACTIONS, ATTRIBUTE_PLACES } from './rules.ts';
import type { AttributeRule, AttributeTest, PipelineRules, SpanRule } from './rules.ts';

/** Enough for any deployment; more is a mistake that every span would pay for. */
const RULES_MAX = 200;
const NANO_PER_MS = 1e6;
const RULE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/**
 * The rules of a parsed rules file; docs/guides/collector-rules.md has the format.
 * @throws UsageError that names the place in the file and what is allowed there
 */
export function parseRules(
  file: unknown,
  fileName: string,
): Pick<PipelineRules, 'attributes' | 'spans'> {
  const root = fields({ value: file ?? {}, path: fileName }, ['attributes', 'spans']);
  const attributes = list(root('attributes')).map(attributeRule);
  const spans = list(root('spans')).map(spanRule);
  for (const [index, { name }] of spans.entries()) {
    if (spans.findIndex((other) => other.name === name) < index) {
      throw new UsageError(
        `${fileName}: spans[${index}].name: ${name} is the name of another rule`,
      );
    }
  }
  return { attributes, spans };
}

/** A value of the file and where it stands, for errors. */
interface Node {
  readonly value: unknown;
  readonly path: string;
}

function attributeRule(node: Node): AttributeRule {
  const field = fields(node, ['action', 'keys', 'in']);
  return {
    action: choice(field('action'), ATTRIBUTE_ACTIONS),
    keys: texts(field('keys')),
    places: isGiven(field('in'))
      ? nonEmpty(field('in')).map((item) => choice(item, ATTRIBUTE_PLACES))
      : ATTRIBUTE_PLACES,
  };
}

const CONDITIONS = ['services', 'operations', 'kinds', 'shorterThan', 'attributes'] as const;

function spanRule(node: Node): SpanRule {
  const field = fields(node, ['name', 'drop']);
  const name = text(field('name'));
  if (!RULE_NAME.test(name)) fail(field('name'), 'letters, digits, ".", "_" and "-", at most 63');
  const condition = fields(field('drop'), CONDITIONS);
  const given = CONDITIONS.filter((key) => isGiven(condition(key)));
  if (given.length === 0) fail(field('drop'), `at least one of ${CONDITIONS.join(', ')}`);
  const rule: { -readonly [K in keyof SpanRule]: SpanRule[K] } = { name };
  for (const key of given) {
    const value = condition(key);
    switch (key) {
      case 'services':
      case 'operations':
        rule[key] = texts(value);
        break;
      case 'kinds':
        rule.kinds = nonEmpty(value).map((item) => choice(item, SPAN_KINDS));
        break;
      case 'shorterThan':
        rule.shorterThanMs = durationMs(value);
        break;
      case 'attributes':
        rule.attributes = nonEmpty(value).map(attributeTest);
        break;
    }
  }
  return rule;
}

function attributeTest(node: Node): AttributeTest {
  const field = fields(node, ['key', 'equals', 'exists']);
  const key = text(field('key'));
  const equals = field('equals');
  const exists = field('exists');
  if (isGiven(equals) === isGiven(exists)) fail(node, 'either equals or exists: true');
  if (!isGiven(equals)) {
    if (exists.value !== true) fail(exists, 'true');
    return { key };
  }
  if (!['string', 'number', 'boolean'].includes(typeof equals.value)) {
    fail(equals, 'a text, a number, true or false');
  }
  return { key, equals: String(equals.value) };
}

/** Access to the fields of an object that may have no others. */
function fields(node: Node, known: readonly string[]): (key: string) => Node {
  const { value, path } = node;
  if (!isJsonObject(value)) fail(node, `an object of ${known.join(', ')}`);
  const object: JsonObject = value;
  const unknown = Object.keys(object).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new UsageError(`${path}: unknown key ${unknown}; give ${known.join(', ')}`);
  }
  const prefix = path.includes(': ') ? `${path}.` : `${path}: `;
  return (key) => ({
    value: Object.hasOwn(object, key) ? object[key] : undefined,
    path: `${prefix}${key}`,
  });
}

function isGiven({ value }: Node): boolean {
  return value !== undefined && value !== null;
}

function list(node: Node): readonly Node[] {
  if (!isGiven(node)) return [];
  const { value, path } = node;
  if (!Array.isArray(value)) fail(node, 'a list');
  const items: readonly unknown[] = value;
  if (items.length > RULES_MAX) fail({ value: items.length, path }, `at most ${RULES_MAX}`);
  return items.map((item, index) => ({ value: item, path: `${path}[${index}]` }));
}

function nonEmpty(node: Node): readonly Node[] {
  const items = list(node);
  if (items.length === 0) fail(node, 'a list of at least one');
  return items;
}

function texts(node: Node): readonly string[] {
  return nonEmpty(node).map(text);
}

function text(node: Node): string {
  if (typeof node.value !== 'string' || node.value === '') fail(node, 'a text');
  return node.value;
}

function choice<const C extends string>(node: Node, choices: readonly C[]): C {
  const found = choices.find((one) => one === node.value);
  if (found === undefined) fail(node, choices.join(' | '));
  return found;
}

function durationMs(node: Node): number {
  const nanos = parseGoDuration(String(node.value));
  if (nanos === undefined || nanos <= 0) fail(node, 'a duration such as 500us or 2ms');
  return nanos / NANO_PER_MS;
}

function fail({ value, path }: Node, allowed: string): never {
  const shown = value === undefined ? 'nothing' : JSON.stringify(value);
  throw new UsageError(`${path}: ${shown} is not allowed; give ${allowed}`);
}
