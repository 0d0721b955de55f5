import { status } from '@grpc/grpc-js';
import { GrpcCallError, createGrpcClient } from '../drivers/grpc-client.ts';
import type { GrpcClient } from '../drivers/grpc-client.ts';
import type { ClientTls } from '../runtime/client-tls.ts';
import type { Clock } from '../runtime/clock.ts';
import { UsageError, errorText } from '../runtime/errors.ts';
import type { ComponentHealth } from '../runtime/health.ts';
import type { Logger } from '../runtime/logger.ts';
import { formatHostPort } from '../runtime/setting.ts';
import { isTenantName, parseTenantHeader } from '../runtime/tenancy.ts';
import { decodeExportResponse } from '../wire/otlp/export-response.ts';
import { STATUS_DETAILS, readRetryDelay } from '../wire/protobuf/retry-delay.ts';
import { WireError } from '../wire/wire-error.ts';
import { createCollectorPool } from './collector-pool.ts';
import type { Collector, CollectorPool } from './collector-pool.ts';
import { parseTargets } from './collector-target.ts';
import type { ReporterConfig } from './config.ts';
import type { ResolveHost } from './resolve-host.ts';

/** One attempt to send did not work. */
export class ExportError extends Error {
  override readonly name = 'ExportError';
  readonly retriable: boolean;
  /** How long the collector wants us to wait; undefined when it does not say. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    outcome: { readonly retriable: boolean; readonly retryAfterMs: number | undefined },
    options: ErrorOptions,
  ) {
    super(message, options);
    this.retriable = outcome.retriable;
    this.retryAfterMs = outcome.retryAfterMs;
  }
}

export interface OtlpExporter {
  /**
   * Sends OTLP TracesData bytes as they are; resolves to how many spans the collector did not take.
   * @throws ExportError
   */
  export(otlp: Uint8Array, signal: AbortSignal): Promise<number>;
  close(): void;
}

const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
/** Of an answer, which is a few numbers and a text. */
const ANSWER_BYTES_MAX = 1024 * 1024;

const RESOURCE_EXHAUSTED: number = status.RESOURCE_EXHAUSTED;

/** https://opentelemetry.io/docs/specs/otlp/#failures */
const RETRIABLE: ReadonlySet<number> = new Set<number>([
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.ABORTED,
  status.OUT_OF_RANGE,
  status.UNAVAILABLE,
  status.DATA_LOSS,
]);

export interface OtlpExporterDeps {
  readonly clock: Clock;
  readonly resolve: ResolveHost;
  readonly logger: Logger;
  readonly health: ComponentHealth;
  /** Absent: no TLS. */
  readonly tls: ClientTls | undefined;
}

/**
 * A client of the collectors of `reporter.grpc.host-port`, each address taken in turn. Certificates
 * are checked against the name of a collector, not an address found for it.
 * @throws UsageError when there is no address, and for a header that cannot be one
 */
export function createOtlpExporter(
  config: Pick<
    ReporterConfig,
    'hostPort' | 'peers' | 'requestTimeoutMs' | 'tenant' | 'tenantHeader'
  >,
  { tls, ...deps }: OtlpExporterDeps,
): OtlpExporter {
  const headers = tenantHeaders(config);
  const pool = createCollectorPool({
    ...deps,
    targets: parseTargets(config.hostPort),
    peersMax: config.peers,
    connect: (uri, target) =>
      createGrpcClient({
        target: uri,
        authority: formatHostPort(target),
        timeoutMs: config.requestTimeoutMs,
        messageBytesMax: ANSWER_BYTES_MAX,
        tls,
      }),
  });
  // Before there is anything to send, so that the first connection has the files of now.
  const unfollow = tls?.follow(() => undefined);
  return {
    export: async (otlp, signal) => {
      const collector = await nextCollector(pool);
      try {
        const answer = await collector.client.unary(EXPORT, otlp, { signal, headers });
        pool.reached(collector);
        return decodeAnswer(answer);
      } catch (error) {
        if (!(error instanceof GrpcCallError)) throw error;
        const failure = exportError(error);
        if (signal.aborted) throw failure;
        if (failure.retriable) pool.failed(collector, failure.message, failure.retryAfterMs);
        else pool.refused(collector, failure.message);
        throw failure;
      }
    },
    close: () => {
      unfollow?.();
      pool.close();
    },
  };
}

async function nextCollector(pool: CollectorPool<GrpcClient>): Promise<Collector<GrpcClient>> {
  try {
    return await pool.next();
  } catch (error) {
    throw new ExportError(
      errorText(error),
      { retriable: true, retryAfterMs: undefined },
      { cause: error },
    );
  }
}

function exportError(error: GrpcCallError): ExportError {
  const retryAfterMs = readRetryDelay(error.binaryTrailer(STATUS_DETAILS));
  // A collector that is out of resources says so for good unless it names a time.
  const retriable =
    RETRIABLE.has(error.code) || (error.code === RESOURCE_EXHAUSTED && retryAfterMs !== undefined);
  return new ExportError(error.message, { retriable, retryAfterMs }, { cause: error });
}

/** An answer that cannot be read still says that the batch was taken. */
function decodeAnswer(answer: Uint8Array): number {
  try {
    return decodeExportResponse(answer)?.rejectedSpans ?? 0;
  } catch (error) {
    if (error instanceof WireError) return 0;
    throw error;
  }
}

function tenantHeaders({
  tenant,
  tenantHeader,
}: Pick<ReporterConfig, 'tenant' | 'tenantHeader'>): ReadonlyMap<string, string> {
  const name = parseTenantHeader('reporter.tenant-header', tenantHeader);
  if (tenant !== '' && !isTenantName(tenant)) {
    throw new UsageError(
      `reporter.tenant: ${JSON.stringify(tenant)} is no name: 1 to 128 printable ASCII characters, no comma and no space`,
    );
  }
  return tenant === '' ? new Map() : new Map([[name, tenant]]);
}
