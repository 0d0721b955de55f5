import { context, propagation, trace } from '@opentelemetry/api';
import type { Tracer } from '@opentelemetry/api';
import type { Server } from 'node:http';
import { z } from 'zod';
import { CUSTOMERS } from './customer-service.ts';
import { hotrodPage, hotrodScript, hotrodStyle } from './hotrod-page.ts';
import { createLimiter } from './limits.ts';
import { DemoHttpError, createTracedServer, getJson, jsonAnswer } from './traced-http.ts';
import type { Answer, Route } from './traced-http.ts';

export interface FrontendOptions {
  readonly tracer: Tracer;
  readonly customerUrl: string;
  readonly driverUrl: string;
  readonly routeUrl: string;
  readonly routeWorkers: number;
  /** Where the page links to traces. */
  readonly jaegerUi: string;
  /** '' or a path without trailing slash. */
  readonly basePath: string;
}

const customerSchema = z.object({ ID: z.string(), Name: z.string(), Location: z.string() });
const driversSchema = z.array(z.object({ DriverID: z.string(), Location: z.string() }));
const routeSchema = z.object({ Pickup: z.string(), Dropoff: z.string(), ETA: z.number() });

interface Dispatched {
  readonly Driver: string;
  /** Nanoseconds. */
  readonly ETA: number;
}

/** The page, and `GET /dispatch?customer=ID`: the nearest of ten drivers for a customer. */
export function createFrontendService(options: FrontendOptions): Server {
  const routePool = createLimiter(options.routeWorkers);
  const dispatch = async (url: URL): Promise<Answer> => {
    const id = url.searchParams.get('customer') ?? '';
    if (!/^\d+$/.test(id)) throw new DemoHttpError(400, 'parameter customer is not an integer');
    return jsonAnswer(await findRide(options, id, routePool));
  };
  const at = (path: string): string => `${options.basePath}${path}`;
  const asset = (type: Answer['type'], body: string): Route => {
    return () => ({ status: 200, type, body });
  };
  const routes = new Map<string, Route>([
    [at('/'), asset('text/html', hotrodPage(CUSTOMERS))],
    [at('/app.js'), asset('text/javascript', hotrodScript)],
    [at('/app.css'), asset('text/css', hotrodStyle)],
    [at('/config'), () => jsonAnswer({ jaeger: options.jaegerUi })],
    [at('/dispatch'), dispatch],
  ]);
  return createTracedServer(options.tracer, routes, new Set([at('/dispatch')]));
}

async function findRide(
  options: FrontendOptions,
  id: string,
  routePool: ReturnType<typeof createLimiter>,
): Promise<Dispatched> {
  const { tracer } = options;
  const customer = customerSchema.parse(
    await getJson(tracer, `${options.customerUrl}/customer?customer=${id}`),
  );
  const baggage = (propagation.getActiveBaggage() ?? propagation.createBaggage()).setEntry(
    'customer',
    { value: customer.Name },
  );
  return context.with(propagation.setBaggage(context.active(), baggage), async () => {
    trace.getActiveSpan()?.addEvent('Found customer', { name: customer.Name });
    const drivers = driversSchema.parse(
      await getJson(tracer, `${options.driverUrl}/find-nearest?location=${customer.Location}`),
    );
    const rides = await Promise.all(
      drivers.map((driver) =>
        routePool(async (): Promise<Dispatched> => {
          const query = `pickup=${driver.Location}&dropoff=${customer.Location}`;
          const route = routeSchema.parse(
            await getJson(tracer, `${options.routeUrl}/route?${query}`),
          );
          return { Driver: driver.DriverID, ETA: route.ETA };
        }),
      ),
    );
    const best = rides.reduce((nearest, ride) => (ride.ETA < nearest.ETA ? ride : nearest));
    trace.getActiveSpan()?.setAttribute('driver', best.Driver);
    return best;
  });
}
