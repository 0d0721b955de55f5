import { UsageError } from '../runtime/errors.ts';

/** One entry of `reporter.grpc.host-port`. */
export interface CollectorTarget {
  /** A name, which may stand for several addresses, or an address. */
  readonly host: string;
  readonly port: number;
}

const TARGET = /^(?:dns:(?:\/\/\/)?)?(\[[0-9a-fA-F:.%]+\]|[^:/[\]\s]+):(\d{1,5})$/;

/**
 * The collectors of a comma list of `host:port`, with gRPC's `dns:///` or without.
 * @throws UsageError
 */
export function parseTargets(list: string): readonly CollectorTarget[] {
  const texts = list.split(',').map((text) => text.trim());
  const targets = texts.filter((text) => text !== '').map(parseTarget);
  if (targets.length === 0) throw notAllowed('no collector is named');
  return targets;
}

function parseTarget(text: string): CollectorTarget {
  const [, host = '', digits = ''] = TARGET.exec(text) ?? [];
  const port = Number(digits);
  if (host === '' || port < 1 || port > 65_535) {
    throw notAllowed(`${JSON.stringify(text)} is not allowed`);
  }
  return { host: host.replace(/^\[|\]$/g, ''), port };
}

function notAllowed(problem: string): UsageError {
  return new UsageError(`reporter.grpc.host-port: ${problem}; give host:port or dns:///host:port`);
}
