import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { aBatch, aTrace, traceId } from '../../harness/a-span.ts';
import { openTestStorage } from '../../harness/embedded-storage.ts';
import { NEVER_ABORTED, aQuery, findIds, getSpans } from '../../harness/read-traces.ts';
import { until } from '../../harness/until.ts';
import { mountSmallDisk } from '../../harness/small-disk.ts';

it('refuses spans while the disk is full, shows what it has, and takes spans again once it is not', async ({
  skip,
}) => {
  const folder = await mountSmallDisk(8);
  if (folder === undefined) return skip('needs root, for a small disk of its own');
  const ballast = join(folder, 'ballast');
  await writeFile(ballast, Buffer.alloc(5 * 2 ** 20));
  let storage = await openTestStorage(join(folder, 'store'));
  onTestFinished(() => storage.close());
  const write = (number: number): Promise<unknown> =>
    storage.writer.write(
      aBatch(aTrace(200, { traceId: traceId(number), attributes: { text: 'x'.repeat(100) } })),
      NEVER_ABORTED,
    );
  let kept = 0;
  await expect(
    (async () => {
      for (let number = 1; ; number++) {
        await write(number);
        kept = number;
      }
    })(),
  ).rejects.toThrow('spans cannot be written down now');
  expect(kept).toBeGreaterThan(10);
  expect(await storage.check(NEVER_ABORTED)).toMatchObject({ healthy: false });
  expect(await findIds(storage, aQuery({ limit: 1000 }))).toHaveLength(kept);
  expect(await getSpans(storage, traceId(kept))).toHaveLength(200);
  await rm(ballast);
  await until(async () => {
    try {
      await write(kept + 1);
      return true;
    } catch {
      return false;
    }
  }, 10_000);
  expect(await storage.check(NEVER_ABORTED)).toMatchObject({ healthy: true });
  await storage.flush();
  await storage.close();
  storage = await openTestStorage(join(folder, 'store'));
  expect(await findIds(storage, aQuery({ limit: 1000 }))).toHaveLength(kept + 1);
});
