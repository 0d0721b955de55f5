import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Tracer } from '@opentelemetry/api';
import type { Server } from 'node:http';
import { errorText } from '../../runtime/errors.ts';
import { slowly } from './delay.ts';
import { createTracedServer, jsonAnswer } from './traced-http.ts';

export interface Driver {
  readonly DriverID: string;
  readonly Location: string;
}

export interface DriverOptions {
  readonly tracer: Tracer;
  /** The simulated redis reports as a service of its own. */
  readonly redisTracer: Tracer;
}

const DRIVERS_FOUND = 10;
const FIND_DELAY_MS = 20;
const GET_DELAY_MS = 10;
/** Every so many calls of GetDriver one times out. */
const TIMEOUT_EVERY = 5;
const TRIES_MAX = 3;

/** `GET /find-nearest?location=x,y`: ten drivers from a redis that sometimes times out. */
export function createDriverService({ tracer, redisTracer }: DriverOptions): Server {
  let calls = 0;
  const inRedis = <T>(
    name: string,
    attributes: Record<string, string>,
    work: () => Promise<T>,
  ): Promise<T> =>
    redisTracer.startActiveSpan(
      name,
      { kind: SpanKind.CLIENT, attributes: { 'db.system': 'redis', ...attributes } },
      async (span) => {
        try {
          return await work();
        } catch (error) {
          span.recordException(error instanceof Error ? error : errorText(error));
          span.setStatus({ code: SpanStatusCode.ERROR, message: errorText(error) });
          throw error;
        } finally {
          span.end();
        }
      },
    );
  const findDriverIds = (location: string): Promise<readonly string[]> =>
    inRedis('FindDriverIDs', { 'param.driver.location': location }, async () => {
      await slowly(FIND_DELAY_MS);
      return Array.from(
        { length: DRIVERS_FOUND },
        () => `T7${String(Math.floor(Math.random() * 1e5)).padStart(5, '0')}C`,
      );
    });
  const getDriver = (id: string): Promise<Driver> =>
    inRedis('GetDriver', { 'param.driverID': id }, async () => {
      await slowly(GET_DELAY_MS);
      calls += 1;
      if (calls % TIMEOUT_EVERY === 0) throw new Error('redis timeout');
      const position = (): number => Math.floor(Math.random() * 1000);
      return { DriverID: id, Location: `${position()},${position()}` };
    });
  const findNearest = async (url: URL): Promise<ReturnType<typeof jsonAnswer>> => {
    const drivers: Driver[] = [];
    for (const id of await findDriverIds(url.searchParams.get('location') ?? '')) {
      drivers.push(await retried(() => getDriver(id)));
    }
    return jsonAnswer(drivers);
  };
  const path = '/find-nearest';
  return createTracedServer(tracer, new Map([[path, findNearest]]), new Set([path]));
}

async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= TRIES_MAX) throw error;
    }
  }
}
