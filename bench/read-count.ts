/** `500`, `100k` or `2M`, as options of benchmarks are written. */
export function readCount(text: string): number {
  return Number(text.replace(/k$/i, '000').replace(/M$/i, '000000'));
}
