import { connectivityState } from '@grpc/grpc-js';
import type { Client } from '@grpc/grpc-js';

/**
 * A connection that takes longer does not come: its packets go to a pod that is gone, say. grpc-js waits
 * for the system to give up, which takes minutes, and every call waits with it.
 */
const CONNECT_TIMEOUT_MS = 5000;

export interface ConnectLimit {
  /** Looks after the client's connection while it is being made; called with each call. */
  watch(client: Client): void;
  stop(): void;
}

/** @param onStuck called for a client that has been connecting for too long */
export function createConnectLimit(onStuck: (client: Client) => void): ConnectLimit {
  let timer: NodeJS.Timeout | undefined;
  const stateOf = (client: Client): connectivityState =>
    client.getChannel().getConnectivityState(false);
  const stop = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  return {
    watch: (client) => {
      if (timer !== undefined || stateOf(client) === connectivityState.READY) return;
      timer = setTimeout(() => {
        timer = undefined;
        if (stateOf(client) === connectivityState.CONNECTING) onStuck(client);
      }, CONNECT_TIMEOUT_MS).unref();
    },
    stop,
  };
}
