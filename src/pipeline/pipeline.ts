import type { Registry } from 'prom-client';
import type { TraceWriter } from '../storage/storage.ts';
import { applyingRules } from './apply-rules.ts';
import type { RuleOptions } from './apply-rules.ts';
import { createLedger } from './account.ts';
import type { RequestRefusal } from './account.ts';
import { acknowledgeWhenStored } from './acknowledge.ts';
import type { Acknowledge } from './acknowledge.ts';
import { editUnreadableKeys } from './attribute-edits.ts';
import { bounding } from './bound.ts';
import { createByteBudget } from './byte-budget.ts';
import type { ByteBudget, RoomBehind } from './byte-budget.ts';
import { NO_RULES } from './rules.ts';
import { sanitizing } from './sanitize.ts';
import type { Transport } from '../wire/span-batch.ts';
import type { Sink } from './sink.ts';
import { taggingResources } from './tag-resources.ts';

export interface PipelineOptions extends RuleOptions {
  readonly destination: Sink;
  readonly metrics: Registry;
  /** Batches under way at once. */
  readonly batchesMax: number;
  /** Bytes of requests in memory at once. */
  readonly bytesMax: number;
  /** Of the destination, when it may have no room: requests then wait, or are refused, unread. */
  readonly room?: RoomBehind;
  /** Service names with metric series of their own. */
  readonly serviceNamesMax: number;
  /** Added to the resources that do not have them. */
  readonly tags: ReadonlyMap<string, string>;
  /** Spans come from a pipeline that has looked at them already, and are kept as they are. */
  readonly isSanitized?: boolean;
  /** When senders get their answer; by default once the destination has the batch. */
  readonly acknowledge?: Acknowledge;
}

/** Everything between the receivers of a process and where their spans go. */
export interface Pipeline {
  /** Receivers lease the size of a request before they read it. */
  readonly budget: ByteBudget;
  /** The way in for the receivers of one transport. */
  sinkFor(transport: Transport): Sink;
  requestRefused(transport: Transport, reason: RequestRefusal): void;
  /** For when the receivers have stopped: brings acknowledged batches to their end, as far as promised. */
  stop(): Promise<void>;
}

/** account → bound → sanitize → tag → rules → acknowledge → destination. */
export function createPipeline(options: PipelineOptions): Pipeline {
  const { metrics, serviceNamesMax, acknowledge = acknowledgeWhenStored } = options;
  const ledger = createLedger({ metrics, serviceNamesMax, isEarly: acknowledge.isEarly });
  const budget = createByteBudget(options.bytesMax, metrics, options.room);
  const { destination } = options;
  const end = acknowledge.create({ destination, books: ledger.late, budget });
  const tagged = taggingResources(applyingRules(end.sink, options), options.tags);
  const beforeRepair = editUnreadableKeys(options.rules ?? NO_RULES);
  const looked = options.isSanitized === true ? tagged : sanitizing(tagged, beforeRepair);
  const stages = bounding(looked, options.batchesMax, metrics);
  return {
    budget,
    sinkFor: (transport) => ledger.accounting(transport, stages),
    requestRefused: (transport, reason) => {
      ledger.requestRefused(transport, reason);
    },
    stop: () => end.stop(),
  };
}

/** The end of a pipeline whose spans are stored here. */
export function storageSink(writer: TraceWriter): Sink {
  return (batch, signal) => writer.write(batch, signal);
}
