import { describe, expect, it } from 'vitest';
import { allInOneRole } from '../../src/all-in-one/role.ts';
import { listSettings } from '../../src/runtime/resolve-config.ts';
import { settingsOfRole, startRole } from '../../src/runtime/run-role.ts';
import { encodeSpans } from '../../src/wire/otlp/encode-trace.ts';
import { aSpan } from '../harness/a-span.ts';

describe('all-in-one', () => {
  it('shows a span it was sent, and answers sampling, over ports the system chose', async () => {
    const flags = new Map([['log-level', 'silent']]);
    for (const { setting } of listSettings(settingsOfRole(allInOneRole))) {
      if (setting.flag.endsWith('host-port')) flags.set(setting.flag, ':0');
    }
    const running = await startRole(allInOneRole, { flags, env: {}, file: null, fileName: '' });
    try {
      const urlOf = (name: string): string => {
        const found = running.addresses.find((address) => address.name === name);
        return `http://127.0.0.1:${found?.port ?? 0}`;
      };
      const sent = await fetch(`${urlOf('otlp http')}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf' },
        body: encodeSpans([aSpan()]),
      });
      expect(sent.status).toBe(200);
      const shown = await fetch(`${urlOf('ui')}/api/traces/1`);
      expect(shown.status).toBe(200);
      expect(await shown.text()).toContain('"operationName":"GET /"');
      const sampling = await fetch(`${urlOf('sampling http')}/sampling?service=frontend`);
      expect(sampling.status).toBe(200);
    } finally {
      await running.stop();
    }
  });
});
