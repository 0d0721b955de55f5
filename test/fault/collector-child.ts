import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { ledgerOf } from '../harness/ledger.ts';
import type { LedgerTotals } from '../harness/ledger.ts';

const PROGRAM = 'test/fault/forwarding-collector.ts';

/** A collector in a process of its own whose storage is an OTLP/HTTP endpoint. */
export interface CollectorChild {
  /** Whether the batch was acknowledged; any other answer, and none, is false. */
  send(otlp: Uint8Array): Promise<boolean>;
  ledger(): Promise<LedgerTotals>;
  metrics(): Promise<string>;
  status(): Promise<unknown>;
  /** Resolves once it has ended. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** `wrap` puts a command in front. */
export async function startCollectorChild(
  target: string,
  flags: Readonly<Record<string, string>>,
  wrap: readonly string[] = [],
): Promise<CollectorChild> {
  const command = [
    ...wrap,
    process.execPath,
    PROGRAM,
    target,
    ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
  ];
  const [file = '', ...args] = command;
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const errors: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line));
  const { otlp, admin } = await new Promise<{ otlp: number; admin: number }>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => {
      const value: unknown = JSON.parse(line);
      if (typeof value !== 'object' || value === null) return;
      resolve({
        otlp: 'otlp' in value ? Number(value.otlp) : 0,
        admin: 'admin' in value ? Number(value.admin) : 0,
      });
    });
    void ended.then(() => {
      reject(new Error(`the collector ended:\n${errors.join('\n')}`));
    });
  });
  const metrics = async (): Promise<string> =>
    (await fetch(`http://127.0.0.1:${admin}/metrics`)).text();
  return {
    send: async (bytes) => {
      try {
        const answer = await fetch(`http://127.0.0.1:${otlp}/v1/traces`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-protobuf' },
          body: Buffer.from(bytes),
        });
        await answer.arrayBuffer();
        return answer.ok;
      } catch (error) {
        // Killed before it answered.
        if (error instanceof TypeError) return false;
        throw error;
      }
    },
    metrics,
    ledger: async () => ledgerOf(await metrics()),
    status: async () => (await fetch(`http://127.0.0.1:${admin}/status`)).json(),
    end: async (signal) => {
      child.kill(signal);
      await ended;
    },
  };
}
