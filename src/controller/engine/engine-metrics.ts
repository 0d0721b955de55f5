import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';

const SECONDS = [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** Every metric of the engine, under the names controller-runtime and client-go gave them. */
export type EngineMetrics = ReturnType<typeof createEngineMetrics>;

// The types of these are long and say nothing that the calls do not.
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types
export function createEngineMetrics(registry: Registry) {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter<L>({ name, help, labelNames: [...labelNames], registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Gauge<L>({ name, help, labelNames: [...labelNames], registers });
  const histogram = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Histogram<L>({ name, help, labelNames: [...labelNames], buckets: SECONDS, registers });
  return {
    reconciles: counter('controller_runtime_reconcile_total', 'Reconciles by result.', [
      'controller',
      'result',
    ]),
    reconcileErrors: counter('controller_runtime_reconcile_errors_total', 'Failed reconciles.', [
      'controller',
    ]),
    terminalErrors: counter(
      'controller_runtime_terminal_reconcile_errors_total',
      'Reconciles that failed for good until their object changes.',
      ['controller'],
    ),
    reconcileSeconds: histogram('controller_runtime_reconcile_time_seconds', 'Time to reconcile.', [
      'controller',
    ]),
    workersMax: gauge('controller_runtime_max_concurrent_reconciles', 'Workers.', ['controller']),
    workersActive: gauge('controller_runtime_active_workers', 'Workers at work.', ['controller']),
    queueDepth: gauge('workqueue_depth', 'Keys that wait.', ['name']),
    queueAdds: counter('workqueue_adds_total', 'Keys added.', ['name']),
    queueRetries: counter('workqueue_retries_total', 'Keys added again after a failure.', ['name']),
    queueSeconds: histogram('workqueue_queue_duration_seconds', 'Time a key waits.', ['name']),
    workSeconds: histogram('workqueue_work_duration_seconds', 'Time a key takes.', ['name']),
    cacheObjects: gauge('controller_cache_objects', 'Objects cached by kind.', ['kind']),
    lists: counter('controller_reflector_lists_total', 'Full lists by kind.', ['kind']),
    watchEnds: counter('controller_reflector_watch_ends_total', 'Ended watches by reason.', [
      'kind',
      'reason',
    ]),
    leader: gauge('leader_election_master_status', '1 on the leading replica.', ['name']),
    events: counter('controller_events_total', 'Kubernetes events by what became of them.', [
      'result',
    ]),
    objectWrites: counter('controller_object_writes_total', 'Writes of owned objects.', [
      'kind',
      'operation',
      'reason',
    ]),
  };
}
