import { SpanKind, propagation, context } from '@opentelemetry/api';
import type { Server } from 'node:http';
import type { Tracer } from '@opentelemetry/api';
import { slowly } from './delay.ts';
import { createLimiter } from './limits.ts';
import { DemoHttpError, createTracedServer, jsonAnswer } from './traced-http.ts';

export interface Customer {
  readonly ID: string;
  readonly Name: string;
  /** `x,y` on the map. */
  readonly Location: string;
}

export const CUSTOMERS: readonly Customer[] = [
  { ID: '123', Name: "Rachel's_Floral_Designs", Location: '115,277' },
  { ID: '392', Name: 'Trom_Chocolatier', Location: '577,322' },
  { ID: '567', Name: 'Amazing_Coffee_Roasters', Location: '211,653' },
  { ID: '731', Name: 'Japanese_Desserts', Location: '728,326' },
];

export interface CustomerOptions {
  readonly tracer: Tracer;
  /** The simulated database reports as a service of its own. */
  readonly mysqlTracer: Tracer;
  readonly queryDelayMs: number;
  /** One connection for all requests: the bottleneck that the demo is about. */
  readonly singleConnection: boolean;
}

/** `GET /customer?customer=ID`, from a database that takes its time. */
export function createCustomerService(options: CustomerOptions): Server {
  const connections = createLimiter(options.singleConnection ? 1 : Number.POSITIVE_INFINITY);
  const find = (id: string): Promise<Customer> =>
    options.mysqlTracer.startActiveSpan(
      'SQL SELECT',
      {
        kind: SpanKind.CLIENT,
        attributes: {
          'peer.service': 'mysql',
          'db.system': 'mysql',
          'db.statement': `SELECT * FROM customer WHERE customer_id=${id}`,
          request: propagation.getBaggage(context.active())?.getEntry('request')?.value ?? '',
        },
      },
      async (span) => {
        try {
          await connections(() => slowly(options.queryDelayMs), {
            onWait: (ahead) => {
              span.addEvent(`Waiting for lock behind ${ahead} transactions`);
            },
            onStart: (behind) => {
              span.addEvent(`Acquired lock with ${behind} transactions waiting behind`);
            },
          });
          const customer = CUSTOMERS.find(({ ID }) => ID === id);
          if (customer === undefined) throw new DemoHttpError(404, `invalid customer ID ${id}`);
          return customer;
        } finally {
          span.end();
        }
      },
    );
  const route = async (url: URL): Promise<ReturnType<typeof jsonAnswer>> => {
    const id = url.searchParams.get('customer') ?? '';
    if (!/^\d+$/.test(id)) throw new DemoHttpError(400, `customer is not an integer: '${id}'`);
    return jsonAnswer(await find(id));
  };
  return createTracedServer(
    options.tracer,
    new Map([['/customer', route]]),
    new Set(['/customer']),
  );
}
