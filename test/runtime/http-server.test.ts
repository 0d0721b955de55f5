import { Agent, request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { startHttpServer } from '../../src/runtime/http-server.ts';
import type { HttpServerOptions } from '../../src/runtime/http-server.ts';
import type { Running } from '../../src/runtime/running.ts';

let server: Running | undefined;
afterEach(() => server?.stop());

async function start(onRequest: HttpServerOptions['onRequest']): Promise<string> {
  server = await startHttpServer({
    name: 'test',
    hostPort: { host: '127.0.0.1', port: 0 },
    limits: {
      headersTimeoutMs: 5000,
      requestTimeoutMs: 5000,
      idleTimeoutMs: 5000,
      connectionsMax: 10,
    },
    onRequest,
  });
  return `http://127.0.0.1:${server.addresses[0]?.port ?? 0}`;
}

describe('startHttpServer', () => {
  it('goes on after a request that was given up in the middle of its body', async () => {
    const ended: string[] = [];
    const url = await start(async (request, response) => {
      response.once('close', () => ended.push(request.url ?? ''));
      if (request.url === '/given-up') {
        for await (const chunk of request) {
          if (chunk !== undefined) break;
        }
      }
      response.end('here');
    });

    const body = 'x'.repeat(100);
    await fetch(`${url}/given-up`, { method: 'POST', body }).catch(() => undefined);
    await expect.poll(() => ended).toEqual(['/given-up']);

    expect(await (await fetch(`${url}/next`)).text()).toBe('here');
  });

  it('loses no request on a connection that is kept while it stops, and closes that', async () => {
    const url = await start((_, response) => {
      response.end('here');
      return Promise.resolve();
    });
    using agent = keepingAgent();
    expect(await get(url, agent)).toEqual({ status: 200, connection: 'keep-alive' });
    const stopped = server?.stop();
    expect(await get(url, agent)).toEqual({ status: 200, connection: 'close' });
    await stopped;
    await expect(get(url, agent)).rejects.toThrow('ECONNREFUSED');
  });
});

function keepingAgent(): Agent & Disposable {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return Object.assign(agent, {
    [Symbol.dispose]: () => {
      agent.destroy();
    },
  });
}

function get(url: string, agent: Agent): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent }, (response) => {
      response.resume();
      response.once('end', () => {
        resolve({ status: response.statusCode, connection: response.headers.connection });
      });
    });
    asked.once('error', reject);
    asked.end();
  });
}
