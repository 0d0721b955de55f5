/** One attribute; the value as text, so that no client loses a digit before it is its turn. */
export interface StoryAttribute {
  readonly key: string;
  /** `strings` is a list of them, as JSON. */
  readonly type: 'string' | 'bool' | 'int' | 'double' | 'strings';
  readonly value: string;
}

export interface StorySpan {
  readonly name: string;
  /** Name of the parent; '' for the root. */
  readonly parent: string;
  readonly kind: 'internal' | 'server' | 'client' | 'consumer';
  readonly startMicros: number;
  readonly durationMicros: number;
  readonly attributes: readonly StoryAttribute[];
  readonly events: readonly {
    readonly name: string;
    readonly micros: number;
    readonly attributes: readonly StoryAttribute[];
  }[];
  readonly links: readonly {
    readonly traceId: string;
    readonly spanId: string;
    readonly attributes: readonly StoryAttribute[];
  }[];
  readonly status: 'unset' | 'ok' | 'error';
  readonly message: string;
  /** The far end of a call, for clients that have a word for it. */
  readonly peer: { readonly service: string; readonly ipv4: string; readonly port: number } | null;
}

/** What a client is told to send. Parents come before their children. */
export interface Story {
  readonly service: string;
  readonly resource: readonly StoryAttribute[];
  readonly scope: { readonly name: string; readonly version: string };
  readonly spans: readonly StorySpan[];
}

/** What a client says it sent: the ids it made, in hex. */
export interface SentTrace {
  readonly traceId: string;
  /** Span ids by name. */
  readonly spanIds: Readonly<Record<string, string>>;
}

/**
 * Times are multiples of 1/64 s: exact in microseconds, and in the doubles of milliseconds or seconds
 * in which some clients keep them.
 */
const TICK_MICROS = 15_625;
const MINUTE_TICKS = 60 * 64;

/** A trace with a value of every type, as one service has it. */
export function aStory(service: string): Story {
  const ticksNow = Math.floor((Date.now() * 1000) / TICK_MICROS);
  const at = (ticks: number): number => (ticksNow - MINUTE_TICKS + ticks) * TICK_MICROS;
  const plain = { attributes: [], events: [], links: [], message: '', peer: null } as const;
  return {
    service,
    resource: [
      { key: 'deployment.environment.name', type: 'string', value: 'test' },
      { key: 'host.shards', type: 'int', value: '3' },
      { key: 'host.spot', type: 'bool', value: 'true' },
    ],
    scope: { name: 'shop', version: '1.2.3' },
    spans: [
      {
        ...plain,
        name: 'GET /checkout',
        parent: '',
        kind: 'server',
        startMicros: at(0),
        durationMicros: 64 * TICK_MICROS,
        status: 'unset',
        attributes: [
          { key: 'text', type: 'string', value: 'zażółć "gęślą"\n\tjaźń 🎉' },
          { key: 'empty', type: 'string', value: '' },
          { key: 'yes', type: 'bool', value: 'true' },
          { key: 'no', type: 'bool', value: 'false' },
          { key: 'int.negative', type: 'int', value: '-42' },
          { key: 'int.beyond.double', type: 'int', value: '9007199254740993' },
          { key: 'double.fraction', type: 'double', value: '2.5' },
          { key: 'double.whole', type: 'double', value: '3.0' },
          { key: 'list', type: 'strings', value: '["a","b"]' },
        ],
      },
      {
        ...plain,
        name: 'SELECT orders',
        parent: 'GET /checkout',
        kind: 'client',
        startMicros: at(4),
        durationMicros: 8 * TICK_MICROS,
        status: 'error',
        message: 'deadlock found',
        attributes: [{ key: 'db.rows', type: 'int', value: '0' }],
        events: [
          {
            name: 'retry',
            micros: at(6),
            attributes: [
              { key: 'cause', type: 'string', value: 'lock' },
              { key: 'attempt', type: 'int', value: '2' },
              { key: 'final', type: 'bool', value: 'false' },
            ],
          },
        ],
        peer: { service: 'orders-db', ipv4: '10.0.0.9', port: 5432 },
      },
      {
        ...plain,
        name: 'settle',
        parent: 'GET /checkout',
        kind: 'consumer',
        startMicros: at(20),
        durationMicros: TICK_MICROS,
        status: 'ok',
        links: [
          {
            traceId: '0af7651916cd43dd8448eb211c80319c',
            spanId: 'b7ad6b7169203331',
            attributes: [{ key: 'why', type: 'string', value: 'batch' }],
          },
        ],
      },
      {
        ...plain,
        name: 'render page',
        parent: 'SELECT orders',
        kind: 'internal',
        startMicros: at(5),
        durationMicros: 2 * TICK_MICROS,
        status: 'unset',
        // Zipkin's first format has the service beside a tag or an annotation, and nowhere else.
        attributes: [{ key: 'template', type: 'string', value: 'checkout.html' }],
      },
    ],
  };
}
