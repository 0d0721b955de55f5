import type { Tracer } from '@opentelemetry/api';
import type { Server } from 'node:http';
import { slowly } from './delay.ts';
import { DemoHttpError, createTracedServer, jsonAnswer } from './traced-http.ts';

export interface RouteFound {
  readonly Pickup: string;
  readonly Dropoff: string;
  /** Nanoseconds. */
  readonly ETA: number;
}

const CALCULATION_DELAY_MS = 50;
const MINUTE_NANOS = 60e9;

/** `GET /route?pickup=x,y&dropoff=x,y`: how long the way takes. */
export function createRouteService(tracer: Tracer): Server {
  const route = async (url: URL): Promise<ReturnType<typeof jsonAnswer>> => {
    const Pickup = url.searchParams.get('pickup') ?? '';
    const Dropoff = url.searchParams.get('dropoff') ?? '';
    if (Pickup === '' || Dropoff === '') {
      throw new DemoHttpError(400, 'missing required parameter pickup or dropoff');
    }
    await slowly(CALCULATION_DELAY_MS);
    const minutes = Math.max(2, Math.round(5 + 3 * Math.random()));
    return jsonAnswer({ Pickup, Dropoff, ETA: minutes * MINUTE_NANOS } satisfies RouteFound);
  };
  return createTracedServer(tracer, new Map([['/route', route]]), new Set(['/route']));
}
