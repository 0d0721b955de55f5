import './node-panel.css';
import { Crosshair, Eye, EyeOff, Filter, List, X } from 'lucide-react';
import { lazy, type ReactElement, type ReactNode, Suspense } from 'react';
import { type DdgNode, tracesThrough } from '../../../model/ddg-graph.ts';
import type { DdgFocus, DdgModel } from '../../../model/ddg-model.ts';
import {
  type Direction,
  neighbours,
  onlyPathsOf,
  type Visible,
  withHops,
  without,
} from '../../../model/ddg-visibility.ts';
import { IconButton } from '../../components/icon-button.tsx';
import { WaitNotice } from '../../components/notice.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import { ServiceDot } from '../../components/service-dot.tsx';
import type { Decoration } from '../../config/decoration-config.ts';
import { followLink } from '../../routing.ts';
import { ddgText } from '../../text/ddg-text.ts';
import { decoratedName } from './decoration-values.ts';

/** Few installations have decorations: their table is not for the others to load. */
const DecorationDetails = lazy(async () => ({
  default: (await import('./decoration-details.tsx')).DecorationDetails,
}));

const OPERATIONS_SHOWN = 6;
/** As many ids as fit into an address that every browser and proxy takes. */
const TRACES_MAX = 40;

interface NodePanelProps {
  readonly model: DdgModel;
  readonly node: DdgNode;
  readonly visible: Visible;
  readonly focus: DdgFocus;
  readonly showOperations: boolean;
  readonly decoration: Decoration | undefined;
  readonly focusHref: (focus: DdgFocus) => string;
  readonly onVisible: (visible: Visible) => void;
  readonly onClose: () => void;
}

/** What a node is, and what can be done with it. */
export function NodePanel(props: NodePanelProps): ReactElement {
  const { model, node, visible, showOperations, decoration, onVisible } = props;
  const shown = node.hops.filter(({ index }) => visible.has(index));
  const traceIds = tracesThrough(model, shown).slice(0, TRACES_MAX);
  const traces = new URLSearchParams(traceIds.map((id) => ['traceID', id]));
  return (
    <div className="node-panel">
      <div className="node-panel-head">
        <h2>
          <ServiceDot name={node.service} />
        </h2>
        <IconButton label={ddgText.closePanel} Icon={X} onClick={props.onClose} />
      </div>
      <p className="muted">{placeText(node)}</p>
      <Operations node={node} />
      <ul className="node-actions">
        {!node.isFocal && (
          <Action
            Icon={Crosshair}
            href={props.focusHref(decoratedName(node, showOperations))}
            label={ddgText.setFocus}
          />
        )}
        {traceIds.length > 0 && (
          <Action Icon={List} href={`search?${traces}`} label={ddgText.viewTraces} />
        )}
        {!node.isFocal && (
          <>
            <Action
              Icon={Filter}
              label={ddgText.focusPaths}
              onAct={() => {
                onVisible(onlyPathsOf(model, visible, shown));
              }}
            />
            <Action
              Icon={EyeOff}
              label={ddgText.hide}
              onAct={() => {
                onVisible(without(model, visible, node.hops));
              }}
            />
          </>
        )}
        <NeighbourAction {...props} direction="upstream" />
        <NeighbourAction {...props} direction="downstream" />
      </ul>
      {decoration !== undefined && (
        <Suspense fallback={<WaitNotice>{ddgText.loadingDetail}</WaitNotice>}>
          <DecorationDetails decoration={decoration} name={decoratedName(node, showOperations)} />
        </Suspense>
      )}
    </div>
  );
}

/** Shows what is hidden of the callers or callees of a node; hides them when nothing is. */
function NeighbourAction({
  model,
  node,
  visible,
  direction,
  onVisible,
}: NodePanelProps & { readonly direction: Direction }): ReactElement | null {
  const around = neighbours(model, node.hops, direction);
  const hidden = around.filter(({ index }) => !visible.has(index));
  const isAway = around.some(({ distance }) => distance > 0 === (direction === 'downstream'));
  if (around.length === 0) return null;
  if (hidden.length > 0) {
    const label = direction === 'upstream' ? ddgText.showCallers : ddgText.showCallees;
    return (
      <Action
        Icon={Eye}
        label={label(hidden.length)}
        onAct={() => {
          onVisible(withHops(model, visible, hidden));
        }}
      />
    );
  }
  // Those towards the focus cannot go without the node itself.
  if (!isAway || around.every(({ distance }) => distance === 0)) return null;
  return (
    <Action
      Icon={EyeOff}
      label={direction === 'upstream' ? ddgText.hideCallers : ddgText.hideCallees}
      onAct={() => {
        onVisible(without(model, visible, around));
      }}
    />
  );
}

interface ActionProps {
  readonly Icon: typeof Eye;
  readonly label: string;
  readonly href?: string;
  readonly onAct?: () => void;
}

function Action({ Icon, label, href, onAct }: ActionProps): ReactElement {
  const content: ReactNode = (
    <>
      <Icon size={15} aria-hidden />
      {label}
    </>
  );
  return (
    <li>
      {href === undefined ? (
        <button type="button" className="node-action" onClick={onAct}>
          {content}
        </button>
      ) : (
        <a className="node-action" href={href} onClick={followLink}>
          {content}
        </a>
      )}
    </li>
  );
}

function Operations({ node: { operations } }: { readonly node: DdgNode }): ReactElement {
  const more = operations.length - OPERATIONS_SHOWN;
  return (
    <ul className="node-operations">
      {operations.slice(0, OPERATIONS_SHOWN).map((operation) => (
        <li key={operation}>
          <SafeText>{operation}</SafeText>
        </li>
      ))}
      {more > 0 && <li className="muted">{ddgText.moreOperations(more)}</li>}
    </ul>
  );
}

function placeText({ hops, isFocal }: DdgNode): string {
  const paths = ddgText.paths(new Set(hops.map(({ path }) => path)).size);
  const distances = [...new Set(hops.map(({ distance }) => distance))];
  const [only = 0, ...others] = distances;
  const place = isFocal ? ddgText.focus : others.length === 0 ? ddgText.distance(only) : '';
  return [place, paths].filter((part) => part !== '').join(' · ');
}
