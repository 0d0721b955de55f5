import type { Buffer } from 'node:buffer';
import { mutants } from '../harness/mutate.ts';
import type { MutationOptions } from '../harness/mutate.ts';

const MUTANTS = 100_000;

/** How one input is answered. */
interface Decoding {
  /** Takes an input or throws; whatever else must hold of a result is checked in here too. */
  readonly decode: (bytes: Buffer) => unknown;
  /** Whether an error is the one the format's readers answer with for good. */
  readonly isRefusal: (error: unknown) => boolean;
}

export interface DecoderProof extends MutationOptions, Decoding {
  /** How many, where one input takes far longer than most. */
  readonly mutants?: number;
}

export interface DecoderTally {
  readonly accepted: number;
  readonly refused: number;
  readonly microsPerKb: number;
}

const WARM_UP = 2_000;
/** What any input may take, however small. */
const INPUT_BYTES_MIN = 1024;
const MS_PER_KB_MAX = 1;
/** The machine may have been busy: only what is slow every time is slow. */
const RETRIES = 20;
const SUSPECTS_MAX = 1000;

/**
 * Decodes as many damaged inputs as asked for, each to a result or a refusal.
 * @throws with the input, in base64, that was answered with something else or took too long
 */
export function proveDecoder(proof: DecoderProof): DecoderTally {
  const inputs = mutants(proof);
  const tally = { accepted: 0, refused: 0 };
  const suspects: Buffer[] = [];
  let totalMs = 0;
  let totalBytes = 0;
  for (let index = 0; index < (proof.mutants ?? MUTANTS); index += 1) {
    const input = inputs.next().value;
    const start = performance.now();
    tally[answer(proof, input)] += 1;
    const ms = performance.now() - start;
    if (index < WARM_UP || input.length === 0) continue;
    totalMs += ms;
    totalBytes += input.length;
    if (isSlow(ms, input) && suspects.length < SUSPECTS_MAX) suspects.push(input);
  }
  for (const input of suspects) {
    const ms = bestOf(proof, input);
    if (isSlow(ms, input)) {
      throw new Error(`${ms} ms for ${input.length} bytes: ${input.toString('base64')}`);
    }
  }
  return { ...tally, microsPerKb: (totalMs * 1e3) / (totalBytes / 1024) };
}

function answer({ decode, isRefusal }: Decoding, input: Buffer): 'accepted' | 'refused' {
  try {
    decode(input);
    return 'accepted';
  } catch (error) {
    if (isRefusal(error)) return 'refused';
    throw new Error(`neither taken nor refused: ${input.toString('base64')}`, { cause: error });
  }
}

function isSlow(ms: number, input: Buffer): boolean {
  return ms > msMax(input);
}

/** What an input may take. */
export function msMax(input: Buffer): number {
  return (MS_PER_KB_MAX * Math.max(INPUT_BYTES_MIN, input.length)) / 1024;
}

/**
 * Of the processor, in milliseconds: what others do on the machine at the same time is not counted. The
 * best of many turns, or the first that took no more than it may.
 */
export function bestOf(proof: Decoding, input: Buffer, turns = RETRIES): number {
  let best = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < turns; turn += 1) {
    const start = process.threadCpuUsage();
    answer(proof, input);
    const { system, user } = process.threadCpuUsage(start);
    best = Math.min(best, (system + user) / 1e3);
    if (!isSlow(best, input)) break;
  }
  return best;
}
