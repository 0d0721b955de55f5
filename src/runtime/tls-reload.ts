import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import { errorText } from './errors.ts';
import type { Logger } from './logger.ts';

export interface TlsReloadDeps {
  /** What the flags begin with, before `.tls`: `collector.otlp.grpc`. */
  readonly flagPrefix: string;
  readonly logger: Logger;
  readonly metrics: Registry;
}

/**
 * Calls `reload` again and again. Files that cannot be used are reported once, and those before them
 * stay in use. 0 is never. Returns how to stop.
 */
export function reloadEvery(
  intervalMs: number,
  reload: () => Promise<void>,
  { logger, instruments }: { readonly logger: Logger; readonly instruments: TlsInstruments },
): () => void {
  if (intervalMs === 0) return () => undefined;
  let reported = '';
  const timer = setInterval(() => {
    reload().then(
      () => {
        reported = '';
      },
      (error: unknown) => {
        instruments.failed();
        const text = errorText(error);
        if (text !== reported) logger.error(`${text}; the files before it stay in use`);
        reported = text;
      },
    );
  }, intervalMs).unref();
  return () => {
    clearInterval(timer);
  };
}

export interface TlsInstruments {
  /** `notAfter` is that of the certificate that is shown; absent for who shows none. */
  loaded(files: { readonly notAfter?: Date }): void;
  failed(): void;
}

/** One set of metrics for all of a process, told apart by the name of their flags. */
export function tlsInstruments({ metrics, flagPrefix }: TlsReloadDeps): TlsInstruments {
  const registers = [metrics];
  const expiryName = 'jaeger_tls_certificate_expiry_timestamp_seconds';
  const reloadsName = 'jaeger_tls_reloads_total';
  const knownExpiry = metrics.getSingleMetric(expiryName);
  const knownReloads = metrics.getSingleMetric(reloadsName);
  const expiry =
    knownExpiry instanceof Gauge
      ? knownExpiry
      : new Gauge({
          name: expiryName,
          help: 'When the certificate that is shown ends to be valid.',
          labelNames: ['server'],
          registers,
        });
  const reloads =
    knownReloads instanceof Counter
      ? knownReloads
      : new Counter({
          name: reloadsName,
          help: 'Times that TLS files were taken over (ok) or could not be (err).',
          labelNames: ['server', 'result'],
          registers,
        });
  return {
    loaded: ({ notAfter }) => {
      if (notAfter !== undefined) expiry.set({ server: flagPrefix }, notAfter.getTime() / 1000);
      reloads.inc({ server: flagPrefix, result: 'ok' });
    },
    failed: () => {
      reloads.inc({ server: flagPrefix, result: 'err' });
    },
  };
}
