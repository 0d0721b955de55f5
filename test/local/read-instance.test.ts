import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readInstance } from '../../src/local/read-instance.ts';
import { UsageError, errorText } from '../../src/runtime/errors.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'read-instance-'));
});
afterAll(() => rm(folder, { recursive: true }));

const HEAD = 'apiVersion: jaegertracing.io/v1\nkind: JaegerInstance\n';

async function fileWith(text: string): Promise<string> {
  const path = join(folder, 'instance.yaml');
  await writeFile(path, text);
  return path;
}

async function failureOf(path: string): Promise<Error> {
  try {
    await readInstance(path);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it was read');
}

describe('readInstance', () => {
  it('reads an instance and what it is warned of', async () => {
    const path = await fileWith(`${HEAD}metadata: {name: shop}\nspec: {strategy: allinone}\n`);
    const { instance, warnings } = await readInstance(path);
    expect(instance.metadata.name).toBe('shop');
    expect(instance.spec).toEqual({ strategy: 'allinone' });
    expect(warnings).toEqual([]);
  });

  it('says that a file is not there', async () => {
    const path = join(folder, 'missing.yaml');
    const failure = await failureOf(path);
    expect(failure).toBeInstanceOf(UsageError);
    expect(errorText(failure)).toBe(
      `${path} cannot be read: ENOENT: no such file or directory, open '${path}'`,
    );
  });

  it.each([
    ['a list', '- 1\n'],
    ['nothing but a document', 'null\n'],
    ['an object without a name', 'kind: JaegerInstance\nmetadata: {}\n'],
  ])('refuses %s', async (_, text) => {
    const path = await fileWith(text);
    const failure = await failureOf(path);
    expect(failure).toBeInstanceOf(UsageError);
    expect(failure.message).toBe(
      `${path} is not one JaegerInstance: it needs kind and metadata.name`,
    );
  });

  it('refuses two documents in one file', async () => {
    const one = `${HEAD}metadata: {name: shop}\n`;
    const failure = await failureOf(await fileWith(`${one}---\n${one}`));
    expect(failure).toBeInstanceOf(UsageError);
    expect(failure.message).toContain('cannot be read');
  });

  it('refuses a name that would be a path', async () => {
    const failure = await failureOf(await fileWith(`${HEAD}metadata: {name: ../../shop}\n`));
    expect(failure.message).toContain('metadata.name');
  });

  it('has a line for every field that is wrong', async () => {
    const spec =
      'spec: {query: {nodePort: 30000}, allInOne: {options: {memory: {max-traces: x}}}}\n';
    const path = await fileWith(`${HEAD}metadata: {name: shop}\n${spec}`);
    const lines = (await failureOf(path)).message.split('\n');
    expect(lines.toSorted()).toEqual([
      `${path}: spec.allInOne.options.memory.max-traces: "x" is not allowed; give an integer, 1 to 10000000`,
      `${path}: spec.query.nodePort: needs spec.query.serviceType: NodePort or LoadBalancer`,
    ]);
  });
});
