/** A summary of api_v3 of a trace that starts at 09:00:00 UTC. */
export function traceSummary(
  id: string,
  ms: number,
  more: Readonly<Record<string, unknown>> = {},
): unknown {
  const startNano = 1_795_251_600_000_000_000n;
  return {
    traceId: id.padStart(32, '0'),
    rootServiceName: 'cart',
    rootOperationName: `op-${id}`,
    minStartTimeUnixNano: String(startNano),
    maxEndTimeUnixNano: String(startNano + BigInt(ms) * 1_000_000n),
    spanCount: 3,
    services: [{ name: 'cart', spanCount: 3 }],
    ...more,
  };
}
