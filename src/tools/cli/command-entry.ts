import type { Command } from 'commander';

/** A line of `jaegerctl --help`; the command itself is loaded only when it is asked for. */
export interface CommandEntry {
  readonly name: string;
  readonly group: 'Roles' | 'Tools';
  readonly summary: string;
  /** Long flags may have one dash, as the Go program this command stands in for takes them. */
  readonly goFlags?: true;
  readonly load: () => Promise<Command>;
}
