import { setImmediate } from 'node:timers/promises';

/** How long a scan may keep everybody else waiting. */
const SLICE_MS = 8;

/** What long work asks whether others wait, and where it waits for them. */
export type Rests = Pick<TimeSlice, 'isOver' | 'rest'>;

/** Work that lets others have a turn. */
export class TimeSlice {
  private readonly signal: AbortSignal | undefined;
  private startedAt = performance.now();

  constructor(signal?: AbortSignal) {
    this.signal = signal;
    signal?.throwIfAborted();
  }

  /** True when it is time to `rest`; ask every few hundred steps. */
  isOver(): boolean {
    return performance.now() - this.startedAt > SLICE_MS;
  }

  /** Lets others go first. Rejects when the signal is aborted. */
  async rest(): Promise<void> {
    await setImmediate();
    this.signal?.throwIfAborted();
    this.startedAt = performance.now();
  }
}
