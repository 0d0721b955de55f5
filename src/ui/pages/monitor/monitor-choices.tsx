import { RefreshCw } from 'lucide-react';
import { type ReactElement, useId } from 'react';
import { Combobox } from '../../components/combobox.tsx';
import { Select } from '../../components/select.tsx';
import { ToolBar, ToolField } from '../../components/tool-bar.tsx';
import { text } from '../../text/common-text.ts';
import { monitorText } from '../../text/monitor-text.ts';
import { type MonitorView, SPAN_KIND_CHOICES, TIMEFRAMES_MS } from './monitor-address.ts';

const KIND_OPTIONS = new Map(SPAN_KIND_CHOICES.map((kind) => [kind, monitorText.spanKinds[kind]]));
const TIMEFRAME_OPTIONS = new Map(
  TIMEFRAMES_MS.map((ms) => [String(ms), monitorText.lastTimeframe(ms / 1_000)]),
);

interface MonitorChoicesProps {
  readonly view: MonitorView;
  readonly services: readonly string[];
  readonly onChange: (changed: Partial<MonitorView>) => void;
  readonly onRefresh: () => void;
}

/** Whose numbers are shown, and of which time. */
export function MonitorChoices(props: MonitorChoicesProps): ReactElement {
  const { view, services, onChange, onRefresh } = props;
  const id = useId();
  return (
    <ToolBar title={text.monitorTitle}>
      <ToolField label={text.service} wide>
        <Combobox
          label={text.service}
          value={view.service}
          emptyLabel={monitorText.chooseService}
          required
          options={services}
          onChange={(service) => {
            if (service !== '' && service !== view.service) onChange({ service });
          }}
        />
      </ToolField>
      <ToolField label={monitorText.spanKind} controlId={`${id}-kind`}>
        <Select
          id={`${id}-kind`}
          value={view.spanKind}
          options={KIND_OPTIONS}
          onChange={(chosen) => {
            const spanKind = SPAN_KIND_CHOICES.find((kind) => kind === chosen);
            if (spanKind !== undefined) onChange({ spanKind });
          }}
        />
      </ToolField>
      <ToolField label={monitorText.timeframe} controlId={`${id}-timeframe`}>
        <Select
          id={`${id}-timeframe`}
          value={String(view.timeframeMs)}
          options={TIMEFRAME_OPTIONS}
          onChange={(chosen) => {
            onChange({ timeframeMs: Number(chosen) });
          }}
        />
      </ToolField>
      <button type="button" className="button" onClick={onRefresh}>
        <RefreshCw size={15} aria-hidden />
        {monitorText.refresh}
      </button>
    </ToolBar>
  );
}
