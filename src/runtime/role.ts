import type { RoleDeps, Running } from './running.ts';
import type { ConfigOf, HostPort, SettingGroup } from './setting.ts';

/** A process kind: what can be set, and how to start it. Found by name in `src/main.ts`. */
export interface Role<G extends SettingGroup = SettingGroup> {
  readonly name: string;
  readonly settings: G;
  /** Where Jaeger v1 serves health and metrics for this role, beside the common health port. */
  adminHostPort(config: ConfigOf<G>): HostPort | undefined;
  /** Rejects when the role cannot do its job; nothing is left running then. */
  start(config: ConfigOf<G>, deps: RoleDeps): Promise<Running>;
}
