/**
 * Waits a random time around `meanMs`, as a real dependency would take.
 * The deviation is a quarter of the mean; never less than a tenth of it.
 */
export async function slowly(meanMs: number): Promise<void> {
  const gauss = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  const delayMs = Math.max(meanMs / 10, meanMs + (gauss * meanMs) / 4);
  await new Promise((resolve) => setTimeout(resolve, delayMs));
}
