import { startGrpcServer } from '../../../src/runtime/grpc/grpc-server.ts';
import { GRPC_STATUS } from '../../../src/runtime/grpc/grpc-service.ts';

/*
 * An echo server in a process of its own, so that its memory can be measured. Prints its port, and
 * after each line it is sent its resident memory in bytes.
 */
const running = await startGrpcServer({
  name: 'echo',
  hostPort: { host: '127.0.0.1', port: 0 },
  messageBytesMax: 2 ** 20,
  methods: [
    { kind: 'unary', path: '/test.Echo/Echo', handle: (message) => Promise.resolve(message) },
  ],
  statusOf: (error) => ({ code: GRPC_STATUS.internal, message: String(error) }),
  limits: { messageTimeoutMs: 1000 },
});
process.stdout.write(`${running.addresses[0]?.port ?? 0}\n`);
process.stdin.on('data', () => {
  process.stdout.write(`${process.memoryUsage.rss()}\n`);
});
process.stdin.once('end', () => void running.stop());
