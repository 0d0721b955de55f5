/** The books of a collector process, from its /metrics. */
export interface LedgerTotals {
  readonly received: number;
  readonly replayed: number;
  readonly stored: number;
  readonly refused: number;
  readonly dropped: number;
  readonly inFlight: number;
  /** Spans refused and dropped, by reason. */
  readonly byReason: Readonly<Record<string, number>>;
}

const SERIES = /^jaeger_collector_spans_(\w+?)(?:_total)?(?:\{(.*)\})? (\S+)$/;

/**
 * The totals of a /metrics answer in the Prometheus text format.
 * @throws when received + replayed is not stored + refused + dropped + in flight, exactly
 */
export function ledgerOf(metricsText: string): LedgerTotals {
  const totals = new Map<string, number>();
  const byReason: Record<string, number> = {};
  for (const line of metricsText.split('\n')) {
    const match = SERIES.exec(line);
    if (match === null) continue;
    const [, name = '', labels = '', value] = match;
    totals.set(name, (totals.get(name) ?? 0) + Number(value));
    const reason = /reason="([^"]*)"/.exec(labels)?.[1];
    if (reason !== undefined) byReason[reason] = (byReason[reason] ?? 0) + Number(value);
  }
  const total = (name: string): number => totals.get(name) ?? 0;
  const ledger: LedgerTotals = {
    received: total('received'),
    replayed: total('replayed'),
    stored: total('accepted'),
    refused: total('rejected'),
    dropped: total('dropped'),
    inFlight: total('in_flight'),
    byReason,
  };
  const { received, replayed, stored, refused, dropped, inFlight } = ledger;
  if (received + replayed !== stored + refused + dropped + inFlight || inFlight < 0) {
    throw new Error(`the books do not balance: ${JSON.stringify(ledger)}`);
  }
  return ledger;
}
