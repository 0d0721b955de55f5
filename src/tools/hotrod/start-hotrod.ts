import type { Server } from 'node:http';
import { request } from 'undici';
import { listen } from '../../runtime/listen.ts';
import { composeRunning } from '../../runtime/running.ts';
import type { Running } from '../../runtime/running.ts';
import type { HostPort } from '../../runtime/setting.ts';
import { CUSTOMERS, createCustomerService } from './customer-service.ts';
import { createDriverService } from './driver-service.ts';
import { createFrontendService } from './frontend-service.ts';
import { createRouteService } from './route-service.ts';
import { startTelemetry } from './telemetry.ts';
import type { ExporterName } from './telemetry.ts';

export interface HotrodOptions {
  readonly hostPort: HostPort;
  readonly basePath: string;
  readonly jaegerUi: string;
  readonly exporter: ExporterName;
  /** Base URL of OTLP over HTTP. */
  readonly otlpEndpoint: string;
  readonly dbQueryDelayMs: number;
  readonly dbSingleConnection: boolean;
  readonly routeWorkers: number;
  /** Requests a second that the demo makes of itself; 0 = none. */
  readonly ownRequestsPerSecond: number;
}

/**
 * The six demo services in this process. Only the frontend has a known port; the others listen on
 * free ports of the loopback interface and are called over HTTP as if they were elsewhere.
 */
export async function startHotrod(options: HotrodOptions): Promise<Running> {
  const telemetry = startTelemetry(options.exporter, options.otlpEndpoint);
  const { tracers } = telemetry;
  const parts: Running[] = [{ addresses: [], stop: () => telemetry.shutdown() }];
  const serve = async (server: Server, name: string): Promise<string> => {
    const hostPort = name === 'frontend' ? options.hostPort : { host: '127.0.0.1', port: 0 };
    const port = await listen(server, hostPort, `hotrod ${name}`);
    parts.push(serverAsRunning(server, { name, host: hostPort.host, port }));
    return `http://${hostPort.host}:${port}`;
  };
  try {
    const customerUrl = await serve(
      createCustomerService({
        tracer: tracers.customer,
        mysqlTracer: tracers.mysql,
        queryDelayMs: options.dbQueryDelayMs,
        singleConnection: options.dbSingleConnection,
      }),
      'customer',
    );
    const driverUrl = await serve(
      createDriverService({ tracer: tracers.driver, redisTracer: tracers['redis-manual'] }),
      'driver',
    );
    const routeUrl = await serve(createRouteService(tracers.route), 'route');
    const frontend = createFrontendService({
      ...options,
      tracer: tracers.frontend,
      customerUrl,
      driverUrl,
      routeUrl,
    });
    const frontendUrl = await serve(frontend, 'frontend');
    if (options.ownRequestsPerSecond > 0) {
      parts.push(
        startOwnRequests(`${frontendUrl}${options.basePath}`, options.ownRequestsPerSecond),
      );
    }
    return composeRunning(parts);
  } catch (error) {
    await composeRunning(parts).stop();
    throw error;
  }
}

function serverAsRunning(
  server: Server,
  { name, host, port }: { readonly name: string; readonly host: string; readonly port: number },
): Running {
  return {
    addresses: name === 'frontend' ? [{ name: 'http', transport: 'tcp', host, port }] : [],
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Orders a ride for one customer after the other, so that there is always something to look at. */
function startOwnRequests(baseUrl: string, perSecond: number): Running {
  const stopped = new AbortController();
  let made = 0;
  const timer = setInterval(() => {
    const customer = CUSTOMERS[made % CUSTOMERS.length]?.ID ?? '';
    made += 1;
    const headers = { baggage: `session=own,request=own-${made}` };
    // Not fetch: it refuses some ports. A request that fails shows in the trace it made.
    request(`${baseUrl}/dispatch?customer=${customer}`, { headers, signal: stopped.signal }).then(
      ({ body }) => body.dump(),
      () => undefined,
    );
  }, 1000 / perSecond);
  return {
    addresses: [],
    stop: () => {
      clearInterval(timer);
      stopped.abort();
      return Promise.resolve();
    },
  };
}
