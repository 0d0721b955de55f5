import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRules } from '../../src/pipeline/load-rules.ts';
import { rulesSettings } from '../../src/pipeline/rules-config.ts';
import type { RulesConfig } from '../../src/pipeline/rules-config.ts';
import type { PipelineRules } from '../../src/pipeline/rules.ts';
import { resolveConfig } from '../../src/runtime/resolve-config.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rules-'));
});

afterAll(() => rm(folder, { recursive: true }));

function config(flags: Readonly<Record<string, string>>): RulesConfig {
  const entries = Object.entries(flags).map(([key, value]) => [`collector.${key}`, value] as const);
  return resolveConfig(rulesSettings, {
    flags: new Map(entries),
    env: {},
    file: null,
    fileName: '',
  });
}

async function rulesOf(text: string): Promise<PipelineRules> {
  const file = join(folder, 'rules.yaml');
  await writeFile(file, text);
  return loadRules(config({ 'rules-file': file }));
}

const EVERYWHERE = ['resource', 'scope', 'span', 'event', 'link'];

describe('the rules file', () => {
  it('says what is done to attributes and which spans are dropped', async () => {
    const rules = await rulesOf(`
attributes:
  - action: redact
    keys: [user.email, "http.request.header.*"]
  - { action: drop, keys: [db.statement], in: [span, event] }
spans:
  - name: health-checks
    drop:
      services: [front*]
      operations: [GET /healthz]
      kinds: [server]
      shorterThan: 2ms
      attributes:
        - { key: http.status_code, equals: 200 }
        - { key: probe, exists: true }
`);
    expect(rules).toEqual({
      attributes: [
        { action: 'redact', keys: ['user.email', 'http.request.header.*'], places: EVERYWHERE },
        { action: 'drop', keys: ['db.statement'], places: ['span', 'event'] },
      ],
      spans: [
        {
          name: 'health-checks',
          services: ['front*'],
          operations: ['GET /healthz'],
          kinds: ['server'],
          shorterThanMs: 2,
          attributes: [{ key: 'http.status_code', equals: '200' }, { key: 'probe' }],
        },
      ],
      hashKey: '',
    });
  });

  it('may be JSON, and may say nothing', async () => {
    expect(
      (await rulesOf('{"spans": [{"name": "a", "drop": {"services": ["b"]}}]}')).spans,
    ).toEqual([{ name: 'a', services: ['b'] }]);
    expect((await rulesOf('spans:')).spans).toEqual([]);
  });

  it.each([
    ['attribute: []', ': unknown key attribute; give attributes, spans'],
    ['[]', ': [] is not allowed; give an object of attributes, spans'],
    ['attributes: x', ': attributes: "x" is not allowed; give a list'],
    [
      'attributes: [{action: delete, keys: [a]}]',
      ': attributes[0].action: "delete" is not allowed; give keep | drop | redact | hash',
    ],
    [
      'attributes: [{action: drop}]',
      ': attributes[0].keys: nothing is not allowed; give a list of at least one',
    ],
    [
      'attributes: [{action: drop, keys: [a], in: [spans]}]',
      ': attributes[0].in[0]: "spans" is not allowed; give resource | scope | span | event | link',
    ],
    ['spans: [{name: a b, drop: {}}]', ': spans[0].name: "a b" is not allowed'],
    ['spans: [{name: a, drop: {}}]', 'drop: {} is not allowed; give at least one of services, '],
    ['spans: [{name: a, drop: {kinds: [srv]}}]', 'spans[0].drop.kinds[0]: "srv" is not allowed'],
    ['spans: [{name: a, drop: {shorterThan: 5}}]', 'a duration such as 500us or 2ms'],
    ['spans: [{name: a, drop: {attributes: [{key: k}]}}]', 'give either equals or exists: true'],
    [
      'spans: [{name: a, drop: {services: [b]}}, {name: a, drop: {services: [c]}}]',
      ': spans[1].name: a is the name of another rule',
    ],
    ['a: [', 'unexpected end'],
    ['', 'the input is empty'],
  ])('is refused when it says %s', async (text, message) => {
    await expect(rulesOf(text)).rejects.toThrow(message);
    await expect(rulesOf(text)).rejects.toThrow(join(folder, 'rules.yaml'));
  });

  it('must be there', async () => {
    const missing = config({ 'rules-file': join(folder, 'none.yaml') });
    await expect(loadRules(missing)).rejects.toThrow(/collector\.rules-file: .*none\.yaml: ENOENT/);
  });
});

describe('the flags', () => {
  it('are rules behind those of the file', async () => {
    const rules = await loadRules(
      config({
        'attributes.include': 'a,b.*',
        'attributes.exclude': 'c',
        'attributes.redact': 'd',
        'attributes.hash': 'e',
        'attributes.hash-key': 'secret',
        'spans.exclude-services': 'probe*',
        'spans.exclude-operations': 'GET /healthz,*/ready',
      }),
    );
    expect(rules).toEqual({
      attributes: [
        { action: 'drop', keys: ['c'], places: EVERYWHERE },
        { action: 'redact', keys: ['d'], places: EVERYWHERE },
        { action: 'hash', keys: ['e'], places: EVERYWHERE },
        { action: 'keep', keys: ['a', 'b.*'], places: EVERYWHERE },
        { action: 'drop', keys: ['*'], places: EVERYWHERE },
      ],
      spans: [
        { name: 'exclude-services', services: ['probe*'] },
        { name: 'exclude-operations', operations: ['GET /healthz', '*/ready'] },
      ],
      hashKey: 'secret',
    });
  });

  it('are no rules when they are not given', async () => {
    expect(await loadRules(config({}))).toEqual({ attributes: [], spans: [], hashKey: '' });
  });
});
