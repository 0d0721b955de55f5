import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { UsageError } from '../../runtime/errors.ts';
import { parseGoDuration } from '../../runtime/go-duration.ts';

export type OutputFormat = 'table' | 'json';

/** The option that every store command has. */
export function directoryOption(command: Command): Command {
  return command.option('-d, --directory <folder>', 'folder of the store, as --embedded.directory');
}

/** How a command reports, as kubectl names it. */
export function outputOption(): Option {
  return new Option('-o, --output <format>', 'how to report')
    .choices(['table', 'json'])
    .default('table');
}

/** Not a required option of commander: that would be reported before a misspelt one. */
export function requiredDirectory(directory: string | undefined): string {
  if (directory !== undefined && directory !== '') return directory;
  throw new UsageError('give the folder of the store: --directory <folder>');
}

const NANOS_A_MS = 1_000_000n;

/** Parses a time: ISO 8601, Unix seconds, or how long ago, such as `2h`. Nanoseconds since 1970. */
export function timeArgument(now: () => number): (text: string) => bigint {
  return (text) => {
    const ago = parseGoDuration(text);
    if (ago !== undefined && ago >= 0) {
      return BigInt(Math.round(now() - ago / 1e6)) * NANOS_A_MS;
    }
    const ms = /^\d{9,11}$/.test(text) ? Number(text) * 1000 : Date.parse(text);
    if (Number.isFinite(ms) && /\d{4}/.test(text)) return BigInt(ms) * NANOS_A_MS;
    throw new InvalidArgumentError('Give a time such as 2026-01-31T12:00:00Z, or 2h for 2 h ago.');
  };
}
