import { readFile, readdir } from 'node:fs/promises';
import { load, loadAll } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { crdFiles, customResourceDefinition, structural } from '../../../scripts/gen-crd.ts';
import { validateInstance } from '../../../src/controller/api/validate.ts';
import type { KubeObject } from '../../../src/controller/kube-object.ts';

type Schema = Readonly<Record<string, unknown>>;

/** The words a structural schema may use, as far as this CRD needs any. */
const WORDS = [
  'additionalProperties',
  'description',
  'enum',
  'format',
  'items',
  'maximum',
  'maxItems',
  'maxLength',
  'minItems',
  'minimum',
  'minLength',
  'pattern',
  'properties',
  'required',
  'type',
  'x-kubernetes-int-or-string',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-list-type',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-validations',
];

/** Calls visit with every schema of the tree and its path. */
function walk(schema: Schema, path: string, visit: (schema: Schema, path: string) => void): void {
  visit(schema, path);
  const properties = (schema['properties'] ?? {}) as Record<string, Schema>;
  for (const [name, child] of Object.entries(properties)) walk(child, `${path}.${name}`, visit);
  for (const word of ['items', 'additionalProperties']) {
    if (schema[word] !== undefined) walk(schema[word] as Schema, `${path}[${word}]`, visit);
  }
}

function schemaOf(crd: object): Schema {
  const { spec } = crd as { spec: { versions: { schema: { openAPIV3Schema: Schema } }[] } };
  return spec.versions[0]?.schema.openAPIV3Schema ?? {};
}

describe('the CRD', () => {
  const root = schemaOf(customResourceDefinition());

  it('is small enough for kubectl apply to remember', () => {
    for (const { content } of crdFiles()) expect(content.length).toBeLessThan(262_144 / 2);
    expect(JSON.stringify(customResourceDefinition()).length).toBeLessThan(262_144 / 2);
  });

  it('is the one in the repository', async () => {
    for (const { path, content } of crdFiles()) expect(await readFile(path, 'utf8')).toBe(content);
  });

  it('is structural: known words only, a type or int-or-string everywhere', () => {
    walk(root, '', (schema, path) => {
      const unknown = Object.keys(schema).filter((word) => !WORDS.includes(word));
      expect([path, unknown]).toEqual([path, []]);
      const typed = schema['type'] !== undefined || schema['x-kubernetes-int-or-string'] === true;
      expect([path, typed]).toEqual([path, true]);
      const both =
        schema['properties'] !== undefined && schema['additionalProperties'] !== undefined;
      expect([path, both]).toEqual([path, false]);
    });
  });

  it('has a sentence on every field', () => {
    walk(root, '', (schema, path) => {
      const exempt = path === '' || path === '.metadata' || path.endsWith(']');
      const described = exempt || schema['description'] !== undefined;
      expect([path, described]).toEqual([path, true]);
    });
  });

  it('says nothing about metadata, as the API server demands', () => {
    expect(root['properties']).toMatchObject({ metadata: { type: 'object' } });
    const properties = root['properties'] as Record<string, Schema>;
    expect(Object.keys(properties['metadata'] ?? {})).toEqual(['type']);
  });

  it('never fills in a spec', () => {
    walk(root, '', (schema, path) => {
      expect([path, schema['default']]).toEqual([path, undefined]);
    });
  });

  it('bounds every list that a CEL rule looks into', () => {
    walk(root, '', (schema, path) => {
      const items = (schema['items'] ?? {}) as Schema;
      if (items['x-kubernetes-validations'] === undefined) return;
      expect([path, schema['maxItems']]).toEqual([path, 32]);
    });
  });

  it('has the names and columns kubectl shows', () => {
    expect(customResourceDefinition()).toMatchObject({
      metadata: { name: 'jaegerinstances.jaegertracing.io' },
      spec: {
        names: { kind: 'JaegerInstance', shortNames: ['ji'], categories: ['tracing'] },
        versions: [{ name: 'v1', subresources: { status: {} } }],
      },
    });
    const { spec } = customResourceDefinition() as {
      spec: { versions: { additionalPrinterColumns: { name: string; priority?: number }[] }[] };
    };
    const columns = spec.versions[0]?.additionalPrinterColumns ?? [];
    const names = (wide: boolean): readonly string[] =>
      columns.filter(({ priority }) => (priority === 1) === wide).map(({ name }) => name);
    expect(names(false)).toEqual(['Ready', 'Strategy', 'Storage', 'Version', 'Age']);
    expect(names(true)).toEqual(['Collector', 'Query', 'Endpoint', 'Message']);
  });
});

describe('structural', () => {
  it.each([
    [
      { type: 'object', properties: {}, additionalProperties: false },
      { type: 'object', properties: {} },
    ],
    [
      { anyOf: [{ type: 'string' }], 'x-kubernetes-int-or-string': true },
      { 'x-kubernetes-int-or-string': true },
    ],
    [
      { type: 'object', additionalProperties: {}, 'x-kubernetes-preserve-unknown-fields': true },
      { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    ],
    [
      { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
      { type: 'integer', minimum: 0 },
    ],
    [
      { type: 'object', propertyNames: {}, additionalProperties: { type: 'string' } },
      { type: 'object', additionalProperties: { type: 'string' } },
    ],
  ])('turns %j into Kubernetes’ words', (schema, expected) => {
    expect(structural(schema)).toEqual(expected);
  });
});

describe('the samples', () => {
  it('are valid, without warnings', async () => {
    const names = (await readdir('deploy/samples')).filter((name) => name.endsWith('.yaml'));
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) {
      const documents = loadAll(await readFile(`deploy/samples/${name}`, 'utf8'));
      for (const document of documents) {
        const checked = validateInstance(document as KubeObject);
        expect([name, checked]).toMatchObject([name, { valid: true, warnings: [] }]);
      }
    }
  });

  it('need nothing but a name in the simplest', async () => {
    expect(load(await readFile('deploy/samples/simplest.yaml', 'utf8'))).toEqual({
      apiVersion: 'jaegertracing.io/v1',
      kind: 'JaegerInstance',
      metadata: { name: 'simplest' },
    });
  });
});
