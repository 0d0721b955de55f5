/** What several views of a trace say. */
export const wording = {
  showWhole: (name: string) => `Show all of ${name}`,
  clearField: (name: string) => `Clear: ${name}`,
} as const;
