import { plural } from './counting.ts';

/** What is said about a trace on its way. */
export const wording = {
  cutOff: (count: number) =>
    `The connection ended after ${plural(count, 'span')}, before the trace was whole. Try again.`,
  notWhole: (reason: string) => `This is not the whole trace: ${reason}`,
} as const;
