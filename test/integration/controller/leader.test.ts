import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createKubeClient } from '../../../src/controller/kube/create-kube-api.ts';
import { loadKubeConfig } from '../../../src/controller/kube/load-kube-config.ts';
import { testKubeconfig } from './test-kubeconfig.ts';
import { CONFIG_MAP, NAMESPACE } from './widget-operator.ts';

const kubeconfig = await testKubeconfig();
const script = fileURLToPath(new URL('leading-process.ts', import.meta.url));

describe.skipIf(kubeconfig === undefined)('two replicas with one lease', () => {
  const children: ChildProcessByStdio<null, Readable, null>[] = [];
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
  });

  it('a stopped leader writes nothing after it was replaced, and gives the lease back on SIGTERM', async () => {
    const signal = AbortSignal.timeout(58_000);
    const path = kubeconfig ?? '';
    const client = createKubeClient({ config: loadKubeConfig({ path }), metrics: new Registry() });
    const namespace = `leader-${process.pid}`;
    const { apiVersion, kind } = NAMESPACE;
    await client.api.create(NAMESPACE, { apiVersion, kind, metadata: { name: namespace } }, signal);
    const spawnReplica = (name: string): ChildProcessByStdio<null, Readable, null> => {
      const args = [script, path, namespace, name];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      children.push(child);
      return child;
    };
    const a = spawnReplica('a');
    await once(a.stdout, 'data');
    const b = spawnReplica('b');
    const writers: string[] = [];
    const watching = (async () => {
      const watch = { namespace, resourceVersion: '0' };
      for await (const { type, object } of client.api.watch(CONFIG_MAP, watch, signal)) {
        if (type === 'BOOKMARK' || object.metadata.name !== 'writes') continue;
        const { identity } = object['data'] as { identity: string };
        if (writers.at(-1) !== identity) writers.push(identity);
      }
    })().catch((error: unknown) => error);
    await sleep(500);
    const stoppedAt = performance.now();
    a.kill('SIGSTOP');
    await once(b.stdout, 'data');
    const takeoverMs = performance.now() - stoppedAt;
    await sleep(1000);
    a.kill('SIGCONT');
    await sleep(3000);
    expect(writers).toEqual(['a', 'b']);
    expect(takeoverMs).toBeLessThan(20_000);
    const released = performance.now();
    a.stdout.removeAllListeners('data');
    const leadsAgain = new Promise<void>((resolve) => {
      a.stdout.on('data', (text: Buffer) => {
        if (text.toString().includes('leading a')) resolve();
      });
    });
    b.kill('SIGTERM');
    await leadsAgain;
    const handoverMs = performance.now() - released;
    process.stderr.write(
      `takeover ${Math.round(takeoverMs)} ms, handover ${Math.round(handoverMs)} ms\n`,
    );
    expect(handoverMs).toBeLessThan(3000);
    await vi.waitFor(() => {
      expect(writers).toEqual(['a', 'b', 'a']);
    });
    await client.close();
    await watching;
  });
});
