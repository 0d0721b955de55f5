/** What the parts of a process say of themselves. One per process. */
export interface HealthRegistry {
  /** Declares a part, at first `starting`. The same name gives the same part. */
  component(name: string): ComponentHealth;
  snapshot(): HealthSnapshot;
}

export interface ComponentHealth {
  ok(): void;
  /** Not working, expected to come back by itself. */
  recoverable(error: string): void;
  /** Not working until somebody changes something. */
  permanent(error: string): void;
  stopping(): void;
}

export const HEALTH_STATUSES = [
  'StatusStarting',
  'StatusOK',
  'StatusRecoverableError',
  'StatusPermanentError',
  'StatusStopping',
] as const;
export type HealthStatus = (typeof HEALTH_STATUSES)[number];

export interface ComponentSnapshot {
  readonly status: HealthStatus;
  readonly error?: string;
  /** When it came to this status, ISO 8601. */
  readonly since: string;
}

export interface HealthSnapshot {
  /** The worst status of any component. */
  readonly status: HealthStatus;
  readonly healthy: boolean;
  readonly startTime: string;
  readonly components: Readonly<Record<string, ComponentSnapshot>>;
}

const SEVERITY: Readonly<Record<HealthStatus, number>> = {
  StatusOK: 0,
  StatusStarting: 1,
  StatusRecoverableError: 2,
  StatusPermanentError: 3,
  StatusStopping: 4,
};

export function createHealth(now: () => number): HealthRegistry {
  const startTime = new Date(now()).toISOString();
  const components = new Map<string, ComponentSnapshot>();
  const set = (name: string, status: HealthStatus, error?: string): void => {
    const before = components.get(name);
    if (before?.status === status && before.error === error) return;
    const since = new Date(now()).toISOString();
    components.set(name, error === undefined ? { status, since } : { status, error, since });
  };
  return {
    component: (name) => {
      if (!components.has(name)) set(name, 'StatusStarting');
      return {
        ok: () => {
          set(name, 'StatusOK');
        },
        recoverable: (error) => {
          set(name, 'StatusRecoverableError', error);
        },
        permanent: (error) => {
          set(name, 'StatusPermanentError', error);
        },
        stopping: () => {
          set(name, 'StatusStopping');
        },
      };
    },
    snapshot: () => {
      const status = [...components.values()].reduce<HealthStatus>(
        (worst, { status: own }) => (SEVERITY[own] > SEVERITY[worst] ? own : worst),
        'StatusOK',
      );
      return {
        status,
        healthy: status === 'StatusOK',
        startTime,
        components: Object.fromEntries(components),
      };
    },
  };
}
