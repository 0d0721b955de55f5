import './monitor-empty.css';
import type { ReactElement } from 'react';
import type { MonitorEmptyState } from '../../config/monitor-config.ts';
import { useLinkTarget, useUiConfig } from '../../config/ui-config.ts';
import { monitorText } from '../../text/monitor-text.ts';

const OWN_WORDS: MonitorEmptyState = {
  title: monitorText.emptyTitle,
  subtitle: monitorText.emptySubtitle,
  description: monitorText.emptyDescription,
  buttonText: monitorText.emptyButton,
  info: '',
  alert: monitorText.emptyHint,
};

/** In place of the monitor where no store of metrics is set up: how to get one. */
export function MonitorEmpty(): ReactElement {
  const { monitor } = useUiConfig();
  const target = useLinkTarget();
  const words = monitor.emptyState ?? OWN_WORDS;
  return (
    <section className="monitor-empty">
      <h1>{words.title}</h1>
      {words.subtitle !== '' && <p className="monitor-empty-subtitle">{words.subtitle}</p>}
      {words.description !== '' && <p className="muted">{words.description}</p>}
      {words.alert !== '' && <p className="monitor-empty-alert">{words.alert}</p>}
      {words.buttonText !== '' && (
        <a className="button primary" href={monitor.docsLink} {...target}>
          {words.buttonText}
        </a>
      )}
      {words.info !== '' && <p className="muted">{words.info}</p>}
    </section>
  );
}
