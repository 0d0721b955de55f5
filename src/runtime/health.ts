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
  /** Does its job while something it needs is away; shown as recoverable, yet the process stays ready. */
  impaired(error: string): void;
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
  /** A recoverable error that does not keep the process from serving. */
  readonly serving?: true;
  /** When it came to this status, ISO 8601. */
  readonly since: string;
}

export interface HealthSnapshot {
  /** The worst status of any component. */
  readonly status: HealthStatus;
  /** Whether every component serves. */
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
  const set = (
    name: string,
    status: HealthStatus,
    said: Pick<ComponentSnapshot, 'error' | 'serving'> = {},
  ): void => {
    const before = components.get(name);
    const since = before?.status === status ? before.since : new Date(now()).toISOString();
    components.set(name, { status, ...said, since });
  };
  return {
    component: (name) => {
      if (!components.has(name)) set(name, 'StatusStarting');
      return {
        ok: () => {
          set(name, 'StatusOK');
        },
        recoverable: (error) => {
          set(name, 'StatusRecoverableError', { error });
        },
        impaired: (error) => {
          set(name, 'StatusRecoverableError', { error, serving: true });
        },
        permanent: (error) => {
          set(name, 'StatusPermanentError', { error });
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
        healthy: [...components.values()].every(
          (component) => component.status === 'StatusOK' || component.serving === true,
        ),
        startTime,
        components: Object.fromEntries(components),
      };
    },
  };
}
