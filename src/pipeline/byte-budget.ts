import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import { createLoopTurns } from './loop-turns.ts';
import { SinkOverloadedError } from './sink.ts';

const RETRY_AFTER_MS = 1000;
/** How long a request may wait for room, unread, before its sender is told to come again. */
const WAIT_MS = 3000;
/** How long room is held for bytes that were announced: whoever stalls keeps nobody out. */
const ANNOUNCED_MS = 1000;
/**
 * Bytes that are read before it is their turn, so that there is always work and what is worked on has
 * not left the processor's caches meanwhile: under overload reading all that there is memory for
 * costs a fifth of the work that gets done.
 */
const AHEAD_BYTES_MAX = 8 * 2 ** 20;
/** How long a request on its way is among them: whoever sends slowly has not the others wait. */
const AHEAD_MS = 20;
/**
 * Requests of up to this share of the budget wait in a line of their own, and room that larger ones
 * have only announced does not count for them: twenty senders that announce all there is, and send
 * nothing, would have everybody wait.
 */
const SMALL_SHARE = 1 / 32;
/** What small requests may fill while larger ones wait, which would not come to their turn else. */
const SMALL_TOGETHER_SHARE = 1 / 2;
/** How long requests are worked on before the event loop goes round. */
const SLICE_MS = 5;

/** Where requests go on to, which may have less room than the budget. */
export interface RoomBehind {
  /** Why so many bytes of requests would be refused there now; undefined when they would not. */
  problem(bytes: number): string | undefined;
  /** Hears whenever room was made. */
  onRoom(listener: () => void): void;
}

/** Memory that requests may take together, all receivers of a process counted. */
export interface ByteBudget {
  /** Starts a share of the budget, at first empty. */
  lease(): ByteLease;
}

export interface ByteLease {
  /**
   * Takes nothing: a size that was only announced must not keep others out.
   * @throws SinkOverloadedError when the budget does not have so many bytes left
   */
  requireRoom(bytes: number): void;
  /**
   * Waits in line until there is room for a request of that size, and holds it for a moment;
   * undefined when there is room now. Rejects with SinkOverloadedError when that takes too long. Do
   * not read before: the sender's bytes then wait where they are, and nothing that was read has to
   * be thrown away.
   * @throws RequestTooLargeError when there can never be room
   */
  room(bytes: number): Promise<void> | undefined;
  /**
   * @throws SinkOverloadedError when the budget does not have so many bytes left,
   * RequestTooLargeError when this lease alone would take more than there are
   */
  grow(bytes: number): void;
  /**
   * Grows by what takes the place of `replaced` bytes in another lease, which is released as soon as
   * this is done: for that moment both count, and all leases together may take more than there is.
   * @throws as `grow`
   */
  succeed(bytes: number, replaced: number): void;
  /** Waits until it is time to work on what was read; all requests of the budget take turns. */
  turn(): Promise<void>;
  /** Gives everything back. A second call does nothing. */
  release(): void;
}

/** A request that needs more memory than all together may take: to be sent in parts. */
export class RequestTooLargeError extends Error {
  override readonly name = 'RequestTooLargeError';
}

/** @param behind requests wait unread until there is room there too */
export function createByteBudget(
  bytesMax: number,
  metrics: Registry,
  behind?: RoomBehind,
): ByteBudget {
  const pool = new BytePool(bytesMax, behind);
  behind?.onRoom(() => {
    pool.admit();
  });
  const turn = createLoopTurns(SLICE_MS);
  registerMetrics(pool, bytesMax, metrics);
  return {
    lease: () => {
      let own = 0;
      let announced: Announcement | undefined;
      let isReleased = false;
      const hold = (held: Announcement): void => {
        announced = held;
        if (!isReleased) return;
        held.withdraw(Infinity);
        pool.admit();
      };
      const take = (bytes: number, replaced: number): void => {
        pool.requireWhole(own + bytes);
        pool.require(bytes - replaced);
        pool.used += bytes;
        own += bytes;
      };
      return {
        requireRoom: (bytes) => {
          pool.require(bytes);
        },
        room: (bytes) => {
          const held = pool.announce(bytes);
          if (held instanceof Promise) return held.then(hold);
          hold(held);
          return undefined;
        },
        turn: async () => {
          await turn();
          if (announced?.begin() === true) pool.admit();
        },
        grow: (bytes) => {
          take(bytes, 0);
          announced?.withdraw(bytes);
        },
        succeed: take,
        release: () => {
          isReleased = true;
          announced?.withdraw(Infinity);
          pool.used -= own;
          own = 0;
          pool.admit();
        },
      };
    },
  };
}

interface Announcement {
  withdraw(bytes: number): void;
  /** What was announced is worked on; false when it was no longer waited for. */
  begin(): boolean;
}

interface Waiting {
  readonly bytes: number;
  readonly admit: () => void;
}

/** Requests of like size: first come, first served. */
interface Line {
  readonly waiting: Set<Waiting>;
  /** Bytes that room is held for. */
  announced: number;
}

class BytePool {
  used = 0;
  private readonly bytesMax: number;
  private readonly behind: RoomBehind | undefined;
  private readonly small: Line = { waiting: new Set(), announced: 0 };
  private readonly large: Line = { waiting: new Set(), announced: 0 };
  /** Bytes on their way or waiting for their turn. */
  private ahead = 0;

  constructor(bytesMax: number, behind: RoomBehind | undefined) {
    this.bytesMax = bytesMax;
    this.behind = behind;
  }

  get waitingCount(): number {
    return this.small.waiting.size + this.large.waiting.size;
  }

  require(bytes: number): void {
    if (this.used + bytes > this.bytesMax) throw this.overloaded();
  }

  /** @throws RequestTooLargeError */
  requireWhole(bytes: number): void {
    if (bytes <= this.bytesMax) return;
    throw new RequestTooLargeError(
      `the request needs more than the ${this.bytesMax} bytes that all requests together may take; ` +
        'send smaller batches',
    );
  }

  announce(bytes: number): Announcement | Promise<Announcement> {
    this.requireWhole(bytes);
    const line = this.lineOf(bytes);
    if (line.waiting.size === 0 && this.fits(bytes)) return this.hold(bytes);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        line.waiting.delete(entry);
        reject(this.overloaded(this.problemBehind(bytes)));
      }, WAIT_MS);
      const entry: Waiting = {
        bytes,
        admit: () => {
          clearTimeout(timer);
          resolve(this.hold(bytes));
        },
      };
      line.waiting.add(entry);
    });
  }

  /** Lets in as many of those who wait as have room. */
  admit(): void {
    this.admitFrom(this.small);
    this.admitFrom(this.large);
  }

  private admitFrom({ waiting }: Line): void {
    for (const entry of waiting) {
      if (!this.fits(entry.bytes)) return;
      waiting.delete(entry);
      entry.admit();
    }
  }

  private lineOf(bytes: number): Line {
    return bytes <= this.bytesMax * SMALL_SHARE ? this.small : this.large;
  }

  private fits(bytes: number): boolean {
    const share =
      this.lineOf(bytes) === this.small && this.large.waiting.size > 0 ? SMALL_TOGETHER_SHARE : 1;
    if (this.takenBefore(bytes) + bytes > this.bytesMax * share) return false;
    if (this.problemBehind(bytes) !== undefined) return false;
    return this.ahead === 0 || this.ahead + bytes <= AHEAD_BYTES_MAX;
  }

  /** What is under way will be there before these bytes. */
  private problemBehind(bytes: number): string | undefined {
    return this.behind?.problem(this.takenBefore(bytes) + bytes);
  }

  private takenBefore(bytes: number): number {
    const { used, small, large } = this;
    return used + small.announced + (this.lineOf(bytes) === large ? large.announced : 0);
  }

  private hold(bytes: number): Announcement {
    let left = bytes;
    let isAhead = bytes > 0;
    const line = this.lineOf(bytes);
    line.announced += bytes;
    this.ahead += bytes;
    const begin = (): boolean => {
      const wasAhead = isAhead;
      isAhead = false;
      if (wasAhead) this.ahead -= bytes;
      return wasAhead;
    };
    const withdraw = (count: number): void => {
      const gone = Math.min(left, count);
      left -= gone;
      line.announced -= gone;
      if (left === 0) clearTimeout(timer);
      if (count === Infinity) begin();
    };
    let timer = setTimeout(() => {
      timer = setTimeout(() => {
        withdraw(Infinity);
        this.admit();
      }, ANNOUNCED_MS - AHEAD_MS);
      begin();
      this.admit();
    }, AHEAD_MS);
    if (bytes === 0) clearTimeout(timer);
    return { withdraw, begin };
  }

  private overloaded(problemBehind?: string): SinkOverloadedError {
    const problem = `requests under way take ${this.used} of ${this.bytesMax} bytes`;
    return new SinkOverloadedError(problemBehind ?? problem, RETRY_AFTER_MS);
  }
}

function registerMetrics(pool: BytePool, bytesMax: number, metrics: Registry): void {
  const registers = [metrics];
  new Gauge({
    name: 'jaeger_collector_bytes_in_flight_max',
    help: 'Bytes of requests that may be in memory at once.',
    registers,
  }).set(bytesMax);
  new Gauge({
    name: 'jaeger_collector_bytes_in_flight',
    help: 'Bytes of requests that are being read or kept.',
    registers,
    collect() {
      this.set(pool.used);
    },
  });
  new Gauge({
    name: 'jaeger_collector_requests_waiting',
    help: 'Requests that wait, unread, for room in memory.',
    registers,
    collect() {
      this.set(pool.waitingCount);
    },
  });
}
