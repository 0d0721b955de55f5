import { json } from 'node:stream/consumers';
import type { SentTrace, Story, StoryAttribute } from '../story.ts';

/** What a client program reads from its standard input. */
export interface ClientTask {
  /** Which of the program's ways of sending to take. */
  readonly protocol: string;
  /** A URL, or host:port where the protocol has none. */
  readonly endpoint: string;
  readonly story: Story;
}

export async function readTask(): Promise<ClientTask> {
  return (await json(process.stdin)) as ClientTask;
}

/** Tells the test which ids the client made. */
export function printSent(sent: SentTrace): void {
  process.stdout.write(JSON.stringify(sent));
}

/** The value as JavaScript has it: every number is a double. */
export function valueOf({ type, value }: StoryAttribute): string | boolean | number | string[] {
  switch (type) {
    case 'string':
      return value;
    case 'bool':
      return value === 'true';
    case 'int':
    case 'double':
      return Number(value);
    case 'strings':
      return JSON.parse(value) as string[];
  }
}

export function valuesOf(
  attributes: readonly StoryAttribute[],
): Record<string, ReturnType<typeof valueOf>> {
  return Object.fromEntries(attributes.map((attribute) => [attribute.key, valueOf(attribute)]));
}
