import { Registry, collectDefaultMetrics } from 'prom-client';
import { startAdminServer } from './admin-server.ts';
import { systemClock } from './clock.ts';
import { watchDescriptors } from './descriptor-watch.ts';
import { weighExternalMemoryWithHeap } from './external-memory.ts';
import { GaveUpError } from './errors.ts';
import { createHealth } from './health.ts';
import { withHost } from './listen.ts';
import { createLogger } from './logger.ts';
import { processSettings } from './process-settings.ts';
import type { ProcessConfig } from './process-settings.ts';
import { resolveTree } from './resolve-config.ts';
import type { ConfigSources } from './resolve-config.ts';
import type { Role } from './role.ts';
import { composeRunning } from './running.ts';
import type { RoleDeps, Running } from './running.ts';
import type { ConfigOf, SettingGroup } from './setting.ts';

/** Every setting of the process that runs a role. */
export function settingsOfRole<G extends SettingGroup>(
  role: Role<G>,
): { process: typeof processSettings; role: G } {
  return { process: processSettings, role: role.settings };
}

interface EffectiveConfig<G extends SettingGroup> {
  readonly process: ProcessConfig;
  readonly role: ConfigOf<G>;
}

export interface RoleProcess extends Running {
  readonly config: ProcessConfig;
  readonly deps: RoleDeps;
}

/**
 * Starts a role as a process of its own: config, logger, metrics, health and admin ports, then the
 * role. Health answers from the first moment; it turns ok when the role has started.
 * @param stopped resolves when the process is told to stop; a start then has the shutdown timeout left
 * @throws UsageError for a config that is not allowed, GaveUpError for a start that goes on after it
 * was told to stop, and whatever the role's start rejects with.
 */
export async function startRole<G extends SettingGroup>(
  role: Role<G>,
  sources: ConfigSources,
  stopped?: Promise<unknown>,
): Promise<RoleProcess> {
  weighExternalMemoryWithHeap(globalThis.process.constrainedMemory());
  const config = resolveTree(settingsOfRole(role), sources);
  // ConfigOf cannot be computed for a G that is not known here; the settings above are its source.
  const { process, role: roleConfig } = config as EffectiveConfig<G>;
  const deps: RoleDeps = {
    logger: createLogger(process.log, role.name),
    metrics: new Registry(),
    health: createHealth(() => systemClock.now()),
    clock: systemClock,
    listenHost: process.listenHost,
  };
  collectDefaultMetrics({ register: deps.metrics });
  const state = deps.health.component(role.name);
  const listenOn = [
    { name: 'health', hostPort: withHost(process.healthHostPort, deps.listenHost) },
  ];
  const adminHostPort = role.adminHostPort(roleConfig);
  if (adminHostPort !== undefined) {
    listenOn.push({ name: 'admin', hostPort: withHost(adminHostPort, deps.listenHost) });
  }
  const admin = await startAdminServer({ listenOn, health: deps.health, metrics: deps.metrics });
  const watch = watchDescriptors(deps);
  try {
    const { shutdownTimeoutMs } = process;
    const started = await endingAfter(role.start(roleConfig, deps), {
      ...{ name: role.name, deps, stopped, shutdownTimeoutMs },
    });
    const running = composeRunning([admin, watch, started]);
    state.ok();
    const stop = (): Promise<void> => {
      state.stopping();
      return running.stop();
    };
    return { ...running, stop, config: process, deps };
  } catch (error) {
    await watch.stop();
    await admin.stop();
    throw error;
  }
}

interface StartLimit {
  readonly name: string;
  readonly deps: RoleDeps;
  readonly stopped: Promise<unknown> | undefined;
  readonly shutdownTimeoutMs: number;
}

/** What the start resolves to, unless it goes on for the shutdown timeout after `stopped`. */
async function endingAfter(start: Promise<Running>, limit: StartLimit): Promise<Running> {
  const { name, deps, stopped, shutdownTimeoutMs } = limit;
  if (stopped === undefined) return start;
  const { logger, clock } = deps;
  const started = new AbortController();
  const gaveUp = stopped.then(async () => {
    if (started.signal.aborted) return start;
    logger.info('told to stop while starting');
    await clock.sleep(shutdownTimeoutMs, started.signal);
    throw new GaveUpError(
      `${name} was told to stop while it started, and had not started ${shutdownTimeoutMs} ms later`,
    );
  });
  try {
    return await Promise.race([start, gaveUp]);
  } finally {
    started.abort();
  }
}
