import { connect } from 'node:http2';
import { request } from 'node:https';
import { describe, expect, it, onTestFinished } from 'vitest';
import { agentSidecarRole } from '../../src/agent-sidecar/role.ts';
import { startRole } from '../../src/runtime/run-role.ts';
import { createAuthority, writeTlsFiles } from '../runtime/tls-files.ts';

const LISTENERS = [
  'processor.jaeger-compact.server-host-port',
  'processor.jaeger-binary.server-host-port',
  'processor.zipkin-compact.server-host-port',
  'otlp.grpc.host-port',
  'otlp.http.host-port',
  'zipkin.http.host-port',
  'jaeger.grpc.host-port',
  'jaeger.thrift-http.host-port',
  'sampling.grpc.host-port',
  'http-server.host-port',
  'admin.http.host-port',
  'health.http.host-port',
];

const PREFIXES = [
  'otlp.grpc',
  'otlp.http',
  'zipkin.http',
  'jaeger.grpc',
  'jaeger.thrift-http',
  'sampling.grpc',
];
const HTTP_PORTS = ['otlp http', 'zipkin http', 'jaeger thrift http'];
const GRPC_PORTS = ['otlp grpc', 'jaeger grpc', 'sampling grpc'];

describe('an agent with certificates for its ports', () => {
  it('speaks TLS on each of them, and to no client that does not', async () => {
    const authority = await createAuthority('test authority');
    const files = await writeTlsFiles(await authority.issue('localhost'));
    onTestFinished(() => files[Symbol.asyncDispose]());
    const flags = new Map([
      ...LISTENERS.map((flag): [string, string] => [flag, '127.0.0.1:0']),
      ['reporter.grpc.host-port', 'dns:///127.0.0.1:1'],
      ['log-level', 'silent'],
    ]);
    for (const prefix of PREFIXES) {
      if (!prefix.startsWith('otlp')) flags.set(`${prefix}.enabled`, 'true');
      flags.set(`${prefix}.tls.enabled`, 'true');
      flags.set(`${prefix}.tls.cert`, files.config.cert);
      flags.set(`${prefix}.tls.key`, files.config.key);
    }
    const agent = await startRole(agentSidecarRole, { flags, env: {}, file: null, fileName: '' });
    onTestFinished(() => agent.stop());
    const portOf = (name: string): number =>
      agent.addresses.find((address) => address.name === name)?.port ?? 0;

    const tls = { host: '127.0.0.1', servername: 'localhost', ca: authority.cert };
    for (const name of HTTP_PORTS) {
      const status = await new Promise<number | undefined>((resolve, reject) => {
        request({ ...tls, port: portOf(name), path: '/', agent: false }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
      expect([name, status]).toEqual([name, 404]);
    }
    for (const name of GRPC_PORTS) {
      const session = connect(`https://localhost:${portOf(name)}`, tls);
      await new Promise((resolve, reject) => {
        session.once('remoteSettings', resolve).once('error', reject);
      });
      session.close();
    }
    for (const name of [...HTTP_PORTS, ...GRPC_PORTS]) {
      await expect(fetch(`http://127.0.0.1:${portOf(name)}/`)).rejects.toThrow('fetch failed');
    }
  });
});
