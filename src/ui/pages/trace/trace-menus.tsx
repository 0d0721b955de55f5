import './trace-menus.css';
import {
  Braces,
  ChartGantt,
  ChevronDown,
  Download,
  FlameKindling,
  Keyboard,
  ListTree,
  type LucideIcon,
  ScrollText,
  Settings2,
  Sigma,
  Workflow,
} from 'lucide-react';
import type { ReactElement } from 'react';
import { traceJsonHref } from '../../api/trace.ts';
import { Foldout } from '../../components/foldout.tsx';
import { IconMenu } from '../../components/icon-menu.tsx';
import { useLinkTarget, useUiConfig } from '../../config/ui-config.ts';
import { followLink } from '../../routing.ts';
import { traceText } from '../../text/trace-text.ts';
import { changedSearch, traceAddress } from './trace-address.ts';
import type { TraceSettings } from './trace-settings.ts';
import { TRACE_VIEW_IDS, type TraceViewId } from './trace-views.ts';

const VIEW_ICONS: Readonly<Record<TraceViewId | 'timeline', LucideIcon>> = {
  timeline: ChartGantt,
  graph: Workflow,
  statistics: Sigma,
  spans: ListTree,
  flamegraph: FlameKindling,
  logs: ScrollText,
};

interface ViewMenuProps {
  readonly traceId: string;
  readonly view: TraceViewId | 'timeline';
  readonly search: string;
  /** Whether the query service can be asked for it: what was uploaded is only here. */
  readonly isStored: boolean;
}

/** The views of the trace as links, then its JSON. */
export function ViewMenu({ traceId, view, search, isStored }: ViewMenuProps): ReactElement {
  const { disableJsonView } = useUiConfig();
  const Icon = VIEW_ICONS[view];
  return (
    <Foldout
      side="end"
      className="button trace-menu-button"
      label={`${traceText.view}: ${traceText.views[view]}`}
      summary={
        <>
          <Icon size={16} aria-hidden />
          {traceText.views[view]}
          <ChevronDown size={14} aria-hidden />
        </>
      }
    >
      <div className="trace-menu">
        {(['timeline', ...TRACE_VIEW_IDS] as const).map((id) => (
          <ViewLink key={id} id={id} {...{ traceId, view, search }} />
        ))}
        {!disableJsonView && isStored && (
          <>
            <hr />
            <JsonLinks traceId={traceId} />
          </>
        )}
      </div>
    </Foldout>
  );
}

function ViewLink({
  id,
  ...props
}: Omit<ViewMenuProps, 'isStored'> & { id: TraceViewId | 'timeline' }): ReactElement {
  const { traceId, view, search } = props;
  const Icon = VIEW_ICONS[id];
  const query = changedSearch(search, { view: id === 'timeline' ? undefined : id });
  return (
    <a
      className="foldout-item"
      href={traceAddress(traceId, query)}
      aria-current={id === view}
      onClick={followLink}
    >
      <Icon size={16} aria-hidden />
      {traceText.views[id]}
    </a>
  );
}

function JsonLinks({ traceId }: { traceId: string }): ReactElement {
  const target = useLinkTarget();
  const pretty = `${traceJsonHref(traceId)}?prettyPrint=true`;
  return (
    <>
      <a className="foldout-item" href={pretty} {...target}>
        <Braces size={16} aria-hidden />
        {traceText.traceJson}
      </a>
      <a className="foldout-item" href={`${pretty}&raw=true`} {...target}>
        <Braces size={16} aria-hidden />
        {traceText.traceJsonRaw}
      </a>
      <a className="foldout-item" href={pretty} download={`trace-${traceId}.json`}>
        <Download size={16} aria-hidden />
        {traceText.download}
      </a>
    </>
  );
}

interface SettingsMenuProps {
  readonly settings: TraceSettings;
  readonly onSettings: (change: Partial<TraceSettings>) => void;
  readonly onHelp: () => void;
}

/** How the timeline is shown to this reader. */
export function SettingsMenu({ settings, onSettings, onHelp }: SettingsMenuProps): ReactElement {
  const { sidePanelEnabled } = useUiConfig().trace;
  return (
    <IconMenu label={traceText.settings} Icon={Settings2}>
      <div className="trace-menu">
        <label className="foldout-item">
          <input
            type="checkbox"
            checked={settings.bars}
            onChange={() => {
              onSettings({ bars: !settings.bars });
            }}
          />
          {traceText.showBars}
        </label>
        {sidePanelEnabled && (
          <label className="foldout-item">
            <input
              type="checkbox"
              checked={settings.detailPanel === 'sidepanel'}
              onChange={(event) => {
                const detailPanel = event.currentTarget.checked ? 'sidepanel' : 'inline';
                onSettings({ detailPanel });
              }}
            />
            {traceText.detailsAside}
          </label>
        )}
        <hr />
        <button
          type="button"
          className="foldout-item"
          onClick={(event) => {
            const menu = event.currentTarget.closest('details');
            if (menu !== null) menu.open = false;
            onHelp();
          }}
        >
          <Keyboard size={16} aria-hidden />
          {traceText.help}
        </button>
      </div>
    </IconMenu>
  );
}
