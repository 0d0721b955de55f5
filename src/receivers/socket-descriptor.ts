/**
 * The file descriptor of the UDP socket of this thread that is bound to a port; undefined where the
 * system has none. Node tells it in no other place than its report on what the event loop holds.
 * https://nodejs.org/api/report.html
 */
export function udpDescriptor(port: number): number | undefined {
  // Without the flag names are looked up for every address.
  const report: NodeJS.ProcessReport & { excludeNetwork?: boolean } = process.report;
  const { excludeNetwork = false } = report;
  report.excludeNetwork = true;
  const { libuv = [] }: { libuv?: readonly LoopHandle[] } = report.getReport();
  report.excludeNetwork = excludeNetwork;
  const sockets = libuv.filter(
    ({ type, localEndpoint }) => type === 'udp' && localEndpoint?.port === port,
  );
  return sockets.length === 1 ? sockets[0]?.fd : undefined;
}

interface LoopHandle {
  readonly type: string;
  readonly fd?: number;
  readonly localEndpoint?: { readonly port?: number } | null;
}
