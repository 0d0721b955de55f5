import type { Server } from 'node:net';
import { systemErrorCode } from './errors.ts';
import type { HostPort } from './setting.ts';
import { formatHostPort } from './setting.ts';

/** An address cannot be listened on; the message names it and the reason. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code: string;
  readonly hostPort: HostPort;

  constructor(what: string, hostPort: HostPort, cause: unknown) {
    const code = systemErrorCode(cause) ?? 'unknown';
    const why = code === 'EADDRINUSE' ? 'is in use' : `cannot be listened on (${code})`;
    const message = `${what}: ${formatHostPort(hostPort)} ${why}`;
    // Of an address in use the cause has nothing more to tell.
    super(message, code === 'EADDRINUSE' ? {} : { cause });
    this.code = code;
    this.hostPort = hostPort;
  }
}

/**
 * Starts listening; resolves to the port (the one chosen, when port 0 was asked).
 * @throws ListenError
 */
export function listen(server: Server, hostPort: HostPort, what: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => {
      reject(new ListenError(what, hostPort, error));
    };
    server.once('error', onError);
    server.listen({ host: hostPort.host, port: hostPort.port }, () => {
      server.off('error', onError);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : hostPort.port);
    });
  });
}

/** Fills an empty host of a setting with the process-wide listen host. */
export function withHost(hostPort: HostPort, listenHost: string): HostPort {
  return hostPort.host === '' ? { host: listenHost, port: hostPort.port } : hostPort;
}
