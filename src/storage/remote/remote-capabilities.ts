import { GrpcCallError } from '../../drivers/grpc-client.ts';
import type { GrpcClient } from '../../drivers/grpc-client.ts';
import { STORAGE_METHODS } from '../../wire/jaeger-storage/method-paths.ts';
import { decodeCapabilities } from '../../wire/jaeger-storage/read-answers.ts';
import type { SearchCapabilities } from '../storage.ts';

/** With what is no matter of searches. */
export interface RemoteAbilities extends SearchCapabilities {
  readonly attributes: boolean;
  readonly archive: boolean;
}

/** What the server's search can do, as far as is known now. */
export interface RemoteCapabilities {
  current(): RemoteAbilities;
  stop(): void;
}

/** gRPC's status of a server that does not have this service: an old or a small one. */
const UNIMPLEMENTED = 12;
const ASK_AGAIN_MS = 5000;
const EMPTY = new Uint8Array(0);

/** Searches that every server of jaeger.storage.v2 can do. */
const LEAST: RemoteAbilities = {
  withoutService: false,
  durationWithTags: true,
  spanKindOfOperations: true,
  filters: false,
  cursor: false,
  attributes: false,
  archive: false,
};

/** Asks at once, and again until the server has answered or `stop` is called. */
export function askCapabilities(client: GrpcClient): RemoteCapabilities {
  const stopped = new AbortController();
  let known = LEAST;
  let again: NodeJS.Timeout | undefined;
  const ask = async (): Promise<void> => {
    try {
      const answer = await client.unary(STORAGE_METHODS.getCapabilities, EMPTY, {
        signal: stopped.signal,
      });
      const { archive, attributes, cursor, filters, ...others } = decodeCapabilities(answer);
      const withoutService = others.withoutServiceName;
      known = { ...LEAST, archive, attributes, cursor, filters, withoutService };
    } catch (error) {
      const isFinal = error instanceof GrpcCallError && error.code === UNIMPLEMENTED;
      if (isFinal || stopped.signal.aborted) return;
      again = setTimeout(() => void ask(), ASK_AGAIN_MS).unref();
    }
  };
  void ask();
  return {
    current: () => known,
    stop: () => {
      clearTimeout(again);
      stopped.abort();
    },
  };
}
