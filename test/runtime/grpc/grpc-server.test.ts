import { once } from 'node:events';
import { connect } from 'node:http2';
import type { ClientHttp2Session, OutgoingHttpHeaders } from 'node:http2';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { compressionAlgorithms, credentials, status } from '@grpc/grpc-js';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { GRPC_STATUS, GrpcError } from '../../../src/runtime/grpc/grpc-service.ts';
import type { GrpcMethod, MessageBudget } from '../../../src/runtime/grpc/grpc-service.ts';
import { openServerTls } from '../../../src/runtime/tls.ts';
import { createAuthority, writeTlsFiles } from '../tls-files.ts';
import { ECHO, asIs, connectClient, echo, failureOf, startTestServer } from './grpc-harness.ts';

interface RawAnswer {
  readonly httpStatus: unknown;
  readonly status: unknown;
  readonly message: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

/** One request of plain HTTP/2, its body in the given pieces. */
async function request(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  pieces: readonly Uint8Array[],
): Promise<RawAnswer> {
  const stream = session.request({
    ':method': 'POST',
    ':path': ECHO,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  const chunks: Buffer[] = [];
  let all: Record<string, unknown> = {};
  stream.on('response', (found) => (all = { ...all, ...found }));
  stream.on('trailers', (found) => (all = { ...all, ...found }));
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  for (const piece of pieces) {
    stream.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  stream.end();
  await once(stream, 'close');
  const { ':status': httpStatus, 'grpc-status': code, 'grpc-message': message } = all;
  return { httpStatus, status: code, message, headers: all, body: Buffer.concat(chunks) };
}

async function rawRequest(
  port: number,
  headers: OutgoingHttpHeaders,
  pieces: readonly Uint8Array[],
): Promise<RawAnswer> {
  const session = connect(`http://127.0.0.1:${port}`);
  try {
    return await request(session, headers, pieces);
  } finally {
    session.close();
  }
}

function framed(message: Uint8Array, flag = 0): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(flag);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** A budget like the pipeline's, that can be looked at. */
function budgetOf(max: number): MessageBudget & { used(): number } {
  let used = 0;
  const requireRoom = (bytes: number): void => {
    if (used + bytes > max) {
      throw new GrpcError({ code: GRPC_STATUS.unavailable, message: 'full' });
    }
  };
  return {
    used: () => used,
    lease: () => {
      let own = 0;
      return {
        room: (bytes) => {
          requireRoom(bytes);
          return undefined;
        },
        turn: () => Promise.resolve(),
        grow: (bytes) => {
          requireRoom(bytes);
          used += bytes;
          own += bytes;
        },
        release: () => {
          used -= own;
          own = 0;
        },
      };
    },
  };
}

const HELLO = Buffer.from('hello');

describe('a gRPC server towards grpc-js', () => {
  it('answers calls of one message, empty to large', async () => {
    await using server = await startTestServer();
    using client = connectClient(server.port);
    for (const size of [0, 1, 16_380, 100_000, 2 ** 20]) {
      const message = Buffer.alloc(size, 'x');
      expect((await client.unary(ECHO, message)).equals(message)).toBe(true);
    }
  });

  it('takes gzip and answers large messages with it', async () => {
    await using server = await startTestServer();
    using client = connectClient(server.port, {
      'grpc.default_compression_algorithm': compressionAlgorithms.gzip,
    });
    const message = Buffer.alloc(300_000, 'x');
    expect((await client.unary(ECHO, message)).equals(message)).toBe(true);
  });

  it('gives status, message and details of an error', async () => {
    await using server = await startTestServer({
      methods: [
        echo(() =>
          Promise.reject(
            new GrpcError({
              code: GRPC_STATUS.failedPrecondition,
              message: '100 % wrong: ä\n',
              details: Buffer.from('details'),
            }),
          ),
        ),
      ],
    });
    using client = connectClient(server.port);
    const error = await failureOf(client.unary(ECHO, HELLO));
    expect(error.code).toBe(status.FAILED_PRECONDITION);
    expect(error.details).toBe('100 % wrong: ä\n');
    expect(error.metadata.get('grpc-status-details-bin')).toEqual([Buffer.from('details')]);
  });

  it('asks statusOf about other errors', async () => {
    await using server = await startTestServer({
      methods: [echo(() => Promise.reject(new Error('odd')))],
    });
    using client = connectClient(server.port);
    const error = await failureOf(client.unary(ECHO, HELLO));
    expect([error.code, error.details]).toEqual([status.INTERNAL, 'Error: odd']);
  });

  it('ends a call whose deadline passes and tells its method', async () => {
    const aborted = Promise.withResolvers<boolean>();
    await using server = await startTestServer({
      methods: [
        echo(async (message, { signal }) => {
          await once(signal, 'abort');
          aborted.resolve(signal.aborted);
          return message;
        }),
      ],
    });
    using client = connectClient(server.port);
    const error = await failureOf(client.unary(ECHO, HELLO, { deadlineMs: 50 }));
    expect(error.code).toBe(status.DEADLINE_EXCEEDED);
    expect(await aborted.promise).toBe(true);
  });

  it('tells the method when the client cancels', async () => {
    const started = Promise.withResolvers<undefined>();
    const aborted = Promise.withResolvers<undefined>();
    await using server = await startTestServer({
      methods: [
        echo(async (message, { signal }) => {
          started.resolve(undefined);
          await once(signal, 'abort');
          aborted.resolve(undefined);
          return message;
        }),
      ],
    });
    using client = connectClient(server.port);
    const call = client.client.makeUnaryRequest(ECHO, asIs, asIs, HELLO, () => undefined);
    await started.promise;
    call.cancel();
    await aborted.promise;
  });

  it('streams answers no faster than they are read, and stops when nobody reads', async () => {
    let made = 0;
    const ended = Promise.withResolvers<undefined>();
    const method: GrpcMethod = {
      kind: 'server-streaming',
      path: '/test.Echo/Stream',
      handle: async function* () {
        try {
          for (;;) {
            made += 1;
            yield await Promise.resolve(Buffer.alloc(20_000, made % 256));
          }
        } finally {
          ended.resolve(undefined);
        }
      },
    };
    await using server = await startTestServer({ methods: [method] });
    using client = connectClient(server.port);
    const call = client.client.makeServerStreamRequest(method.path, asIs, asIs, HELLO);
    call.once('error', () => undefined);
    await once(call, 'readable');
    await expect.poll(() => made).toBeGreaterThan(2);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const waiting = made;
    expect(waiting).toBeLessThan(1000);
    call.cancel();
    await ended.promise;
  });

  it('streams every answer and then the status', async () => {
    const method: GrpcMethod = {
      kind: 'server-streaming',
      path: '/test.Echo/Stream',
      handle: async function* (message) {
        yield await Promise.resolve(message);
        yield Buffer.alloc(100_000, 'z');
        throw new GrpcError({ code: GRPC_STATUS.outOfRange, message: 'no more' });
      },
    };
    await using server = await startTestServer({ methods: [method] });
    using client = connectClient(server.port);
    const call = client.client.makeServerStreamRequest(method.path, asIs, asIs, HELLO);
    const sizes: number[] = [];
    call.on('data', (answer: Buffer) => sizes.push(answer.length));
    const [error] = (await once(call, 'error').catch((thrown: unknown) => [thrown])) as [
      { code: number },
    ];
    expect([sizes, error.code]).toEqual([[5, 100_000], status.OUT_OF_RANGE]);
  });

  it('loses no call of a client under load over a stop', async () => {
    const server = await startTestServer();
    using client = connectClient(server.port);
    const failures: string[] = [];
    let answered = 0;
    let stopped = false;
    const load = async (): Promise<void> => {
      while (!stopped) {
        try {
          await client.unary(ECHO, Buffer.alloc(2000));
          answered += 1;
        } catch (error) {
          const { code, details } = error as { code: number; details: string };
          // Once nobody listens there is nobody to answer: a client tries again.
          if (status[code] !== 'UNAVAILABLE') failures.push(`${code} ${details}`);
          else stopped = true;
        }
      }
    };
    const loops = Array.from({ length: 20 }, load);
    await expect.poll(() => answered).toBeGreaterThan(200);
    await server.running.stop();
    stopped = true;
    await Promise.all(loops);
    expect(failures).toEqual([]);
  });

  it('speaks TLS, and lets in clients with a certificate only when it is told to', async () => {
    const authority = await createAuthority('test authority');
    const identity = await authority.issue('server.example');
    await using files = await writeTlsFiles(identity, { clientCa: authority.cert });
    const deps = { flagPrefix: 'x', logger: pino({ level: 'silent' }), metrics: new Registry() };
    const ca = Buffer.from(authority.cert);
    const name = { 'grpc.ssl_target_name_override': 'server.example' };
    {
      const tls = await openServerTls({ ...files.config, clientCa: '' }, deps);
      await using server = await startTestServer({ tls });
      using client = connectClient(server.port, name, credentials.createSsl(ca));
      expect(await client.unary(ECHO, HELLO)).toEqual(HELLO);
    }
    const tls = await openServerTls(files.config, deps);
    await using server = await startTestServer({ tls });
    using stranger = connectClient(server.port, name, credentials.createSsl(ca));
    expect((await failureOf(stranger.unary(ECHO, HELLO))).code).toBe(status.UNAVAILABLE);
    const own = await authority.issue('client');
    const channel = credentials.createSsl(ca, Buffer.from(own.key), Buffer.from(own.cert));
    using client = connectClient(server.port, name, channel);
    expect(await client.unary(ECHO, HELLO)).toEqual(HELLO);
  });
});

describe('a gRPC server towards any client', () => {
  it.each([
    [{ 'content-type': 'application/json' }, 415],
    [{ 'content-type': 'application/grpcx' }, 415],
    [{ 'content-type': undefined }, 415],
    [{ ':method': 'GET' }, 405],
  ])('answers %j with HTTP %i', async (headers, httpStatus) => {
    await using server = await startTestServer();
    expect(await rawRequest(server.port, headers, [])).toMatchObject({ httpStatus });
    expect(server.refused).toEqual(['unsupported']);
  });

  it.each(['application/grpc+proto', 'application/grpc;charset=x', 'Application/gRPC+proto'])(
    'takes content-type %s',
    async (type) => {
      await using server = await startTestServer();
      const answer = await rawRequest(server.port, { 'content-type': type }, [framed(HELLO)]);
      expect(answer.status).toBe('0');
    },
  );

  it('tolerates a missing te header', async () => {
    await using server = await startTestServer();
    const answer = await rawRequest(server.port, { te: undefined }, [framed(HELLO)]);
    expect(answer.body).toEqual(framed(HELLO));
  });

  it('puts a message together from single bytes', async () => {
    await using server = await startTestServer();
    const pieces = [...framed(HELLO)].map((byte) => Buffer.of(byte));
    const answer = await rawRequest(server.port, {}, pieces);
    expect([answer.status, answer.body]).toEqual(['0', framed(HELLO)]);
  });

  it.each([
    ['no message', [], '12', 'the method takes one message, the client sent none'],
    [
      'two messages',
      [framed(HELLO), framed(HELLO)],
      '12',
      'the method takes one message, the client sent more',
    ],
    [
      'half a message',
      [framed(HELLO).subarray(0, 7)],
      '13',
      'the request ends inside of a message',
    ],
    ['half a prefix', [Buffer.alloc(3)], '13', 'the request ends inside of a message'],
    ['an unknown flag', [framed(HELLO, 2)], '13', '2 is no flag of a message'],
    ['no encoding', [framed(HELLO, 1)], '13', 'a compressed message came without grpc-encoding'],
  ])('refuses %s', async (_what, pieces, code, message) => {
    await using server = await startTestServer();
    const answer = await rawRequest(server.port, {}, pieces);
    expect([answer.httpStatus, answer.status, answer.message]).toEqual([200, code, message]);
    expect(server.refused).toEqual(['malformed']);
  });

  it('refuses an unknown method and says so', async () => {
    await using server = await startTestServer();
    const answer = await rawRequest(server.port, { ':path': '/no.Such/Method' }, [framed(HELLO)]);
    expect([answer.status, answer.message]).toEqual(['12', '/no.Such/Method is not known here']);
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['zstd', zstdCompressSync],
  ])('inflates %s', async (encoding, compress) => {
    await using server = await startTestServer();
    for (const size of [0, 100_000]) {
      const message = Buffer.alloc(size, 'x');
      const pieces = [framed(compress(message), 1)];
      const answer = await rawRequest(server.port, { 'grpc-encoding': encoding }, pieces);
      expect(answer.body.equals(framed(message))).toBe(true);
    }
  });

  it('refuses an unknown encoding and names those it knows', async () => {
    await using server = await startTestServer();
    const answer = await rawRequest(server.port, { 'grpc-encoding': 'snappy' }, [framed(HELLO)]);
    expect(answer.status).toBe('12');
    expect(answer.headers['grpc-accept-encoding']).toBe('identity,gzip,deflate,zstd');
  });

  it.each(['gzip', 'deflate', 'zstd'])('refuses damaged %s', async (encoding) => {
    await using server = await startTestServer();
    const answer = await rawRequest(server.port, { 'grpc-encoding': encoding }, [framed(HELLO, 1)]);
    expect([answer.status, answer.message]).toEqual(['13', 'the compressed message is damaged']);
  });

  it('refuses a bomb without inflating all of it', async () => {
    const budget = budgetOf(2 ** 24);
    await using server = await startTestServer({ budget });
    const bomb = gzipSync(Buffer.alloc(200 * 2 ** 20));
    // A length that lies, so that the declared one does not give it away.
    bomb.writeUInt32LE(10, bomb.length - 4);
    const answer = await rawRequest(server.port, { 'grpc-encoding': 'gzip' }, [framed(bomb, 1)]);
    expect(answer.status).toBe('8');
    expect(server.refused).toEqual(['too_large']);
    expect(budget.used()).toBe(0);
  });

  it.each(['1', '5x', '123456789S'])('refuses the grpc-timeout %s', async (timeout) => {
    await using server = await startTestServer();
    const answer = await rawRequest(server.port, { 'grpc-timeout': timeout }, [framed(HELLO)]);
    expect(answer.status).toBe('13');
  });

  it('refuses by the announced length, and the connection serves on', async () => {
    const budget = budgetOf(2 ** 20);
    await using server = await startTestServer({ budget, messageBytesMax: 2 ** 21 });
    const session = connect(`http://127.0.0.1:${server.port}`);
    const full = framed(Buffer.alloc(2 ** 21));
    for (let round = 0; round < 40; round += 1) {
      const answer = await request(session, {}, [full]);
      expect([answer.status, answer.message]).toEqual(['14', 'full']);
    }
    const tooLarge = framed(Buffer.alloc(2 ** 21 + 1));
    expect((await request(session, {}, [tooLarge])).status).toBe('8');
    expect((await request(session, {}, [framed(HELLO)])).body).toEqual(framed(HELLO));
    expect(budget.used()).toBe(0);
    session.close();
  });

  it.each([
    ['that is read on later', Buffer.alloc(2 ** 20, 'm')],
    ['that has arrived with the end of its request', HELLO],
  ])('lets a message wait until there is room, and answers it then: one %s', async (_, bytes) => {
    const room = Promise.withResolvers<undefined>();
    let grown = 0;
    const budget: MessageBudget = {
      lease: () => ({
        room: () => room.promise,
        grow: (count) => {
          grown += count;
        },
        turn: () => Promise.resolve(),
        release: () => undefined,
      }),
    };
    await using server = await startTestServer({ budget });
    const session = connect(`http://127.0.0.1:${server.port}`);
    const message = framed(bytes);
    const answered = request(session, {}, [message]);
    // Probes do not wait in line.
    const probe = { ':path': '/grpc.health.v1.Health/Check' };
    expect((await request(session, probe, [framed(Buffer.alloc(0))])).status).toBe('0');
    expect(grown).toBe(0);
    room.resolve(undefined);
    expect((await answered).body).toEqual(message);
    expect(grown).toBe(bytes.length);
    expect(server.refused).toEqual([]);
    session.close();
  });

  it('refuses a message that waited too long for room', async () => {
    const room = Promise.withResolvers<undefined>();
    const budget: MessageBudget = {
      lease: () => ({
        room: () => room.promise,
        grow: () => undefined,
        turn: () => Promise.resolve(),
        release: () => undefined,
      }),
    };
    await using server = await startTestServer({ budget });
    const session = connect(`http://127.0.0.1:${server.port}`);
    const answered = request(session, {}, [framed(HELLO)]);
    const probe = { ':path': '/grpc.health.v1.Health/Check' };
    await request(session, probe, [framed(Buffer.alloc(0))]);
    room.reject(new GrpcError({ code: GRPC_STATUS.unavailable, message: 'full' }));
    const answer = await answered;
    expect([answer.status, answer.message]).toEqual(['14', 'full']);
    expect(server.refused).toEqual(['overloaded']);
    session.close();
  });

  it('gives the budget back after every end of a call', async () => {
    const budget = budgetOf(2 ** 24);
    await using server = await startTestServer({
      budget,
      methods: [echo(() => Promise.reject(new Error('no')))],
    });
    const session = connect(`http://127.0.0.1:${server.port}`);
    await request(session, {}, [framed(HELLO)]);
    await request(session, {}, [framed(HELLO), framed(HELLO)]);
    const headers = { ':method': 'POST', ':path': ECHO, 'content-type': 'application/grpc' };
    const cut = session.request(headers);
    cut.on('error', () => undefined);
    cut.write(framed(Buffer.alloc(100_000)).subarray(0, 50_000));
    await expect.poll(() => budget.used()).toBe(100_000);
    session.destroy();
    await expect.poll(() => budget.used()).toBe(0);
  });

  it('gives up a call whose message does not come', async () => {
    await using server = await startTestServer({ limits: { messageTimeoutMs: 80 } });
    const session = connect(`http://127.0.0.1:${server.port}`);
    const stream = session.request({
      ':method': 'POST',
      ':path': ECHO,
      'content-type': 'application/grpc',
    });
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
    expect(headers['grpc-message']).toBe('the message took too long to arrive');
    stream.on('error', () => undefined).close();
    session.close();
  });
});

describe('the connections of a gRPC server', () => {
  it('are sent away when they are old', async () => {
    await using server = await startTestServer({ limits: { connectionAgeMaxMs: 100 } });
    const session = connect(`http://127.0.0.1:${server.port}`);
    const stream = session.request({
      ':method': 'POST',
      ':path': ECHO,
      'content-type': 'application/grpc',
    });
    const [code] = (await once(session, 'goaway')) as [number];
    expect(code).toBe(0);
    // The call under way is served all the same.
    stream.resume().end(framed(HELLO));
    const [trailers] = (await once(stream, 'trailers')) as [Record<string, unknown>];
    expect(trailers['grpc-status']).toBe('0');
    await once(session, 'close');
  });

  it('are cut off when calls outlast the grace', async () => {
    await using server = await startTestServer({
      limits: { connectionAgeMaxMs: 60, connectionAgeGraceMs: 60 },
      methods: [echo(() => new Promise(() => undefined))],
    });
    using client = connectClient(server.port);
    expect((await failureOf(client.unary(ECHO, HELLO))).code).toBe(status.UNAVAILABLE);
  });

  it('are sent away when they are idle', async () => {
    await using server = await startTestServer({ limits: { connectionIdleMaxMs: 60 } });
    const session = connect(`http://127.0.0.1:${server.port}`);
    await once(session, 'close');
  });

  it('are not more than allowed', async () => {
    await using server = await startTestServer({ limits: { connectionsMax: 1 } });
    using first = connectClient(server.port);
    await first.unary(ECHO, HELLO);
    const second = connect(`http://127.0.0.1:${server.port}`);
    second.on('error', () => undefined);
    await once(second, 'close');
    expect(await server.metrics()).toContain(
      'jaeger_connections_ended_total{server="test grpc",reason="too_many"} 1',
    );
  });
});
