import { warmUp } from './warm-up.ts';

/** One request of data set D in the form that its protocol sends. */
export interface LoadBody {
  /** Spans in OTLP, at `spanStarts`; what is sent may be more than this. */
  readonly body: Buffer;
  readonly spans: number;
  /** None where nobody looks at trace ids: they come again then. */
  readonly spanStarts: Uint32Array;
}

export interface Load<Body extends LoadBody> {
  readonly bodies: readonly Body[];
  readonly seconds: number;
  /** One for each connection. Resolves to whether the spans were taken. */
  readonly senders: readonly ((item: Body) => Promise<boolean>)[];
}

/** The trace id is the first field of a span in data set D: behind its tag and length. */
const TRACE_ID_OFFSET = 2;

/**
 * Sends the bodies over and over, one at a time on each connection. Prints `measuring` after a
 * warm-up, then one line of JSON: what was taken and refused in so many seconds.
 */
export async function measureLoad<Body extends LoadBody>(load: Load<Body>): Promise<void> {
  const { bodies, seconds, senders } = load;
  let next = 0;
  let sent = 0;
  let refused = 0;
  let ended = false;
  const sendOn = async (send: (item: Body) => Promise<boolean>): Promise<void> => {
    while (!ended) {
      const turn = next++;
      const item = bodies[turn % bodies.length];
      if (item === undefined) throw new Error('the data set is empty');
      renewTraceIds(item, Math.floor(turn / bodies.length));
      if (await send(item)) sent += item.spans;
      else refused += item.spans;
    }
  };
  const loops = senders.map(sendOn);
  await warmUp(() => sent);
  console.log('measuring');
  const before = { sent, refused, at: performance.now() };
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  console.log(
    JSON.stringify({
      spans: sent - before.sent,
      refused: refused - before.refused,
      seconds: (performance.now() - before.at) / 1000,
    }),
  );
  ended = true;
  await Promise.all(loops);
}

/** Gives every trace an id of its own each time its request is sent, so that nothing comes twice. */
function renewTraceIds({ body, spanStarts }: LoadBody, pass: number): void {
  for (const start of spanStarts) body.writeUInt32LE(pass, start + TRACE_ID_OFFSET);
}
