/** What several views of a trace say. */
export const wording = {
  showWhole: (name: string) => `Show all of ${name}`,
  totalOf: (duration: string) => `total ${duration}`,
  selfOf: (duration: string) => `self ${duration}`,
  clearField: (name: string) => `Clear: ${name}`,
} as const;
