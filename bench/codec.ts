import type { Buffer } from 'node:buffer';

/** One format: ours to OTLP bytes, and an independent decoder that only decodes the same bytes. */
export interface Codec {
  readonly name: string;
  readonly reference: string;
  readonly messages: readonly Uint8Array[];
  readonly spansPerMessage: number;
  readonly ours: (message: Buffer) => unknown;
  readonly theirs: (message: Buffer) => unknown;
}
