import { basename, join } from 'node:path';

/** What the name of a block file says of it; the listing of the folders is the catalogue. */
export interface BlockName {
  /** Blocks of a tenant are numbered as they are made; a merged one has the numbers of its parts. */
  readonly first: number;
  readonly last: number;
  /** When its spans arrived, in Unix milliseconds. */
  readonly firstArrivalMs: number;
  readonly lastArrivalMs: number;
  /**
   * The last segment of the log that is in it, as its file is named: what the log has up to there is
   * in this block or an earlier one. Salts in the names of segments tell apart those of one number.
   */
  readonly segment: string;
}

const NAME = /^(\d{12})-(\d{12})\.(\d+)-(\d+)\.([0-9a-f-]+)\.block$/;
const DAY_LENGTH = '2026-01-31'.length;

/** The path below the folder of blocks: a folder for the day of arrival, then the file. */
export function blockPath(name: BlockName): string {
  const { first, last, firstArrivalMs, lastArrivalMs, segment } = name;
  const numbers = `${padded(first)}-${padded(last)}`;
  const arrivals = `${Math.floor(firstArrivalMs)}-${Math.ceil(lastArrivalMs)}`;
  return join(dayOf(firstArrivalMs), `${numbers}.${arrivals}.${segment}.block`);
}

/** undefined for a file that is no block. */
export function parseBlockPath(path: string): BlockName | undefined {
  const match = NAME.exec(basename(path));
  if (match === null) return undefined;
  const [, first, last, firstArrivalMs, lastArrivalMs, segment = ''] = match;
  return {
    first: Number(first),
    last: Number(last),
    firstArrivalMs: Number(firstArrivalMs),
    lastArrivalMs: Number(lastArrivalMs),
    segment,
  };
}

/** How a block names a segment of the log. */
export function segmentId(path: string): string {
  return basename(path, '.log');
}

function padded(number: number): string {
  return String(number).padStart(12, '0');
}

function dayOf(ms: number): string {
  const date = new Date(Math.min(Math.max(ms, 0), 8.64e15));
  return date.toISOString().slice(0, DAY_LENGTH);
}
