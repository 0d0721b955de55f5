import type { ReceivedMessage } from './message-reader.ts';

/** Messages between a stream that brings them and a method that draws them. */
export interface MessageQueue {
  readonly push: (message: ReceivedMessage) => void;
  /** No more come; those that wait may still be drawn. */
  readonly end: () => void;
  /** Nobody draws any more: what waits gives back its memory. */
  readonly drop: () => void;
  /** How many have come. */
  count(): number;
  /** Ends when the request does. May be drawn from once. */
  readonly messages: AsyncIterable<Uint8Array>;
}

/** Where messages come from. */
export interface MessageFlow {
  pause(): void;
  resume(): void;
}

/** Holds the stream back while a message waits, so that no more is read than one chunk has. */
export function createMessageQueue(
  stream: MessageFlow,
  open: (message: ReceivedMessage) => Promise<Uint8Array>,
): MessageQueue {
  const waiting: ReceivedMessage[] = [];
  let count = 0;
  let ended = false;
  let wake: (() => void) | undefined;
  const wakeUp = (): void => {
    wake?.();
    wake = undefined;
  };
  async function* draw(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const message = waiting.shift();
      if (message !== undefined) {
        try {
          yield await open(message);
        } finally {
          message.lease.release();
        }
      } else if (ended) {
        return;
      } else {
        stream.resume();
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  }
  return {
    push: (message) => {
      count += 1;
      waiting.push(message);
      stream.pause();
      wakeUp();
    },
    end: () => {
      ended = true;
      wakeUp();
    },
    drop: () => {
      ended = true;
      for (const { lease } of waiting.splice(0)) lease.release();
      stream.resume();
    },
    count: () => count,
    messages: { [Symbol.asyncIterator]: draw },
  };
}
