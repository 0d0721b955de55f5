import './condition-help.css';
import type { ReactElement } from 'react';
import { useUiConfig } from '../../config/ui-config.ts';
import { conditionsText } from '../../text/conditions-text.ts';

/** How conditions are written, by example. */
export function ConditionHelp(): ReactElement {
  const { filters } = useUiConfig().search;
  const rows = filters ? conditionsText.helpRows : conditionsText.helpLogfmt;
  return (
    <div className="condition-help">
      <p>{filters ? conditionsText.helpIntro : conditionsText.helpEqual}</p>
      <dl>
        {rows.map(([form, meaning]) => (
          <div key={form}>
            <dt className="mono">{form}</dt>
            <dd className="muted">{meaning}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
