import './ddg-explorer.css';
import { type ReactElement, useMemo, useState } from 'react';
import {
  type DdgGraph,
  ddgGraph,
  ddgMatches,
  type DdgView,
  ddgView,
} from '../../../model/ddg-graph.ts';
import {
  type DdgFocus,
  type DdgModel,
  ddgModel,
  type DdgSource,
} from '../../../model/ddg-model.ts';
import { isOfModel, type Visible, visibleWithin, withHops } from '../../../model/ddg-visibility.ts';
import { SplitPanel } from '../../components/split-panel.tsx';
import { goTo } from '../../routing.ts';
import { ddgText } from '../../text/ddg-text.ts';
import { type DdgAddress, readDdgAddress, withDdgChange } from './ddg-address.ts';
import { DdgBar } from './ddg-bar.tsx';
import { DdgCanvas } from './ddg-canvas.tsx';
import { useChosenDecoration } from './decoration-values.ts';
import { NodePanel } from './node-panel.tsx';

/** Jaeger's: what is shown until somebody chooses. */
const NEAR_HOPS = 2;

export interface DdgExplorerProps {
  /** At least one of them passes the focus. */
  readonly sources: readonly DdgSource[];
  readonly focus: DdgFocus;
  /** First part of the page's path. */
  readonly page: string;
  /** The query of the page's address: the graph keeps its own parameters in it. */
  readonly search: string;
  readonly focusHref: (focus: DdgFocus) => string;
}

/** The deep dependency graph with its choices, and what can be done with a node. */
export function DdgExplorer(props: DdgExplorerProps): ReactElement {
  const { focus, page, search } = props;
  const { model, address, visible, view, found } = useExplored(props);
  const { showOperations } = address;
  const decoration = useChosenDecoration(address.decoration);
  const [selected, setSelected] = useState('');
  const node = view.nodes.find(({ id }) => id === selected);
  const change = (changed: Partial<DdgAddress>, mode: 'push' | 'replace' = 'push'): void => {
    goTo(page + withDdgChange(search, changed), mode);
  };
  return (
    <div className="ddg-explorer">
      <DdgBar
        {...{ model, address, visible, decoration, change }}
        shownMatches={found.shown.size}
        hiddenMatches={found.hidden.length}
        onShowMatches={() => {
          change({
            visible: withHops(
              model,
              visible,
              found.hidden.flatMap(({ hops }) => hops),
            ),
          });
        }}
      />
      <div className="ddg-stage">
        <SplitPanel
          name="ddg"
          side="right"
          label={ddgText.panel}
          width={300}
          panel={
            node && (
              <NodePanel
                {...{ model, node, visible, decoration, focus }}
                showOperations={showOperations}
                focusHref={props.focusHref}
                onVisible={(next) => {
                  change({ visible: next });
                }}
                onClose={() => {
                  setSelected('');
                }}
              />
            )
          }
        >
          <div className="ddg-canvas">
            <DdgCanvas
              {...{ view, decoration, selected, showOperations }}
              service={focus.service}
              isFinding={address.find.trim() !== ''}
              found={found.shown}
              onNode={setSelected}
            />
          </div>
        </SplitPanel>
      </div>
    </div>
  );
}

interface Explored {
  readonly model: DdgModel;
  readonly address: DdgAddress;
  readonly visible: Visible;
  readonly view: DdgView;
  readonly found: Found;
}

function useExplored({ sources, focus, search }: DdgExplorerProps): Explored {
  const { operation, service } = focus;
  const model = useMemo(
    () => ddgModel(sources, { operation, service }),
    [sources, operation, service],
  );
  const address = useMemo(
    () => readDdgAddress(search, { operation, service }),
    [search, operation, service],
  );
  const { density, showOperations } = address;
  const graph = useMemo(
    () => ddgGraph(model, density, showOperations),
    [model, density, showOperations],
  );
  const visible = useMemo(() => visibleOf(address, model), [address, model]);
  const view = useMemo(() => ddgView(model, graph, visible), [model, graph, visible]);
  const found = useFound(graph, address, view.nodes);
  return { model, address, visible, view, found };
}

/** What the address says, unless it says nothing about these hops. */
function visibleOf({ visible }: DdgAddress, model: DdgModel): Visible {
  return visible !== undefined && isOfModel(model, visible)
    ? visible
    : visibleWithin(model, NEAR_HOPS);
}

interface Found {
  /** Ids. */
  readonly shown: ReadonlySet<string>;
  readonly hidden: readonly { readonly hops: DdgModel['hops'] }[];
}

function useFound(
  graph: DdgGraph,
  { find, showOperations }: DdgAddress,
  shownNodes: readonly { readonly id: string }[],
): Found {
  return useMemo(() => {
    const all = ddgMatches(graph, find, showOperations);
    const shown = new Set(shownNodes.map(({ id }) => id).filter((id) => all.has(id)));
    const hidden = [...graph.nodes.values()].filter(({ id }) => all.has(id) && !shown.has(id));
    return { shown, hidden };
  }, [graph, find, showOperations, shownNodes]);
}
