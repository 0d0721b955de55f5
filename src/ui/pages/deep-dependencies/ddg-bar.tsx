import { RotateCcw } from 'lucide-react';
import { type ReactElement, useId } from 'react';
import { DENSITIES, type Density } from '../../../model/ddg-graph.ts';
import type { DdgModel } from '../../../model/ddg-model.ts';
import type { Visible } from '../../../model/ddg-visibility.ts';
import { FindField } from '../../components/find-field.tsx';
import { Select } from '../../components/select.tsx';
import { ToolField } from '../../components/tool-bar.tsx';
import type { Decoration } from '../../config/decoration-config.ts';
import { useUiConfig } from '../../config/ui-config.ts';
import { ddgText } from '../../text/ddg-text.ts';
import { type DdgAddress, DEFAULT_DENSITY } from './ddg-address.ts';
import { HopSelector } from './hop-selector.tsx';

interface DdgBarProps {
  readonly model: DdgModel;
  readonly address: DdgAddress;
  readonly visible: Visible;
  readonly decoration: Decoration | undefined;
  readonly shownMatches: number;
  readonly hiddenMatches: number;
  readonly onShowMatches: () => void;
  readonly change: (changed: Partial<DdgAddress>, mode?: 'push' | 'replace') => void;
}

/** How the graph is drawn, how far it reaches, and what to look for in it. */
export function DdgBar(props: DdgBarProps): ReactElement {
  const { model, address, visible, change } = props;
  const hops = {
    ...{ model, visible },
    onVisible: (next: Visible) => {
      change({ visible: next });
    },
  };
  return (
    <div className="ddg-bar">
      <DensityField {...props} />
      <label className="ddg-operations">
        <input
          type="checkbox"
          checked={address.showOperations}
          onChange={(event) => {
            change({ showOperations: event.currentTarget.checked });
          }}
        />
        {ddgText.showOperations}
      </label>
      <HopSelector {...hops} direction="upstream" label={ddgText.upstream} />
      <HopSelector {...hops} direction="downstream" label={ddgText.downstream} />
      <DecorationField {...props} />
      <FindInGraph {...props} />
      <button
        type="button"
        className="button"
        onClick={() => {
          change({ density: DEFAULT_DENSITY, visible: undefined, find: '', decoration: '' });
        }}
      >
        <RotateCcw size={14} aria-hidden />
        {ddgText.reset}
      </button>
    </div>
  );
}

function DensityField({ address, change }: DdgBarProps): ReactElement {
  const id = useId();
  return (
    <ToolField label={ddgText.density} controlId={id} wide>
      <span title={ddgText.densityHints[address.density]}>
        <Select
          id={id}
          value={address.density}
          options={new Map(Object.entries(ddgText.densities))}
          onChange={(chosen) => {
            const density = densities().find((one) => one === chosen);
            if (density !== undefined) change({ density });
          }}
        />
      </span>
    </ToolField>
  );
}

/** Only where the configuration has decorations. */
function DecorationField({ decoration, change }: DdgBarProps): ReactElement | null {
  const id = useId();
  const { decorations } = useUiConfig().graphs;
  if (decorations.length === 0) return null;
  const options = new Map(decorations.map((one) => [one.id, one.name]));
  return (
    <ToolField label={ddgText.decoration} controlId={id}>
      <Select
        id={id}
        value={decoration?.id ?? ''}
        options={new Map([['', ddgText.noDecoration], ...options])}
        onChange={(chosen) => {
          change({ decoration: chosen });
        }}
      />
    </ToolField>
  );
}

function FindInGraph(props: DdgBarProps): ReactElement {
  const { address, change, shownMatches, hiddenMatches, onShowMatches } = props;
  return (
    <>
      <FindField
        label={ddgText.find}
        placeholder={ddgText.findPlaceholder}
        value={address.find}
        found={address.find.trim() === '' ? undefined : ddgText.matches(shownMatches)}
        onFind={(find) => {
          change({ find }, 'replace');
        }}
      />
      {hiddenMatches > 0 && (
        <button type="button" className="button" onClick={onShowMatches}>
          {ddgText.hiddenMatches(hiddenMatches)}
        </button>
      )}
    </>
  );
}

function densities(): readonly Density[] {
  return Object.keys(DENSITIES).filter((key): key is Density => Object.hasOwn(DENSITIES, key));
}
