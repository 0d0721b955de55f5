import type { MessageBudget, MessageLease } from './grpc-service.ts';

const NO_LEASE: MessageLease = {
  room: () => undefined,
  grow: () => undefined,
  turn: () => Promise.resolve(),
  release: () => undefined,
};

/** Of messages that are limited one by one only. */
export const NO_BUDGET: MessageBudget = { lease: () => NO_LEASE };
