import { isFollowable } from '../../model/safe-link.ts';
import type { ConfigReader } from './config-reader.ts';

export interface MonitorConfig {
  readonly menuEnabled: boolean;
  /** How metrics of spans are set up. */
  readonly docsLink: string;
  /** Said in place of the UI's own words while there are no metrics. */
  readonly emptyState: MonitorEmptyState | undefined;
}

/** '' for what is not said. */
export interface MonitorEmptyState {
  readonly title: string;
  readonly subtitle: string;
  readonly description: string;
  readonly buttonText: string;
  readonly info: string;
  readonly alert: string;
}

export const DEFAULT_MONITOR_CONFIG: MonitorConfig = {
  menuEnabled: true,
  docsLink: 'https://www.jaegertracing.io/docs/latest/spm/',
  emptyState: undefined,
};

/** Jaeger's section `monitor`. Its button's `onClick` exists only in JavaScript: here it leads to `docsLink`. */
export function readMonitorConfig(monitor: ConfigReader): MonitorConfig {
  const defaults = DEFAULT_MONITOR_CONFIG;
  const docsLink = monitor.text('docsLink') ?? defaults.docsLink;
  const follows = isFollowable(docsLink);
  if (!follows) monitor.refuse('docsLink', 'relative, or http, https or mailto');
  return {
    menuEnabled: monitor.flag('menuEnabled', defaults.menuEnabled),
    docsLink: follows ? docsLink : defaults.docsLink,
    emptyState: monitor.has('emptyState')
      ? readEmptyState(monitor.section('emptyState'))
      : undefined,
  };
}

function readEmptyState(state: ConfigReader): MonitorEmptyState {
  return {
    title: state.text('mainTitle') ?? '',
    subtitle: state.text('subTitle') ?? '',
    description: state.text('description') ?? '',
    buttonText: state.section('button').text('text') ?? '',
    info: state.text('info') ?? '',
    alert: state.section('alert').text('message') ?? '',
  };
}
