import { RotateCcw } from 'lucide-react';
import { type ReactElement, useId } from 'react';
import { Combobox } from '../../components/combobox.tsx';
import { FindField } from '../../components/find-field.tsx';
import { Select } from '../../components/select.tsx';
import { ToolBar, ToolField } from '../../components/tool-bar.tsx';
import { lookbackSeconds } from '../../config/lookback.ts';
import { goTo } from '../../routing.ts';
import { architectureText } from '../../text/architecture-text.ts';
import { text } from '../../text/common-text.ts';
import {
  type ArchitectureAddress,
  architectureHref,
  type ArchitectureLayout,
  DEFAULT_DEPTH,
  DEFAULT_LOOKBACK,
  DEPTH_MAX,
  LOOKBACK_CHOICES,
} from './architecture-address.ts';

interface ArchitectureBarProps {
  readonly address: ArchitectureAddress;
  /** Names to choose from. */
  readonly services: readonly string[];
  /** How many services have been found; undefined when none is looked for. */
  readonly found: { readonly count: number; readonly of: number } | undefined;
  /** What is shown; undefined while nothing is. */
  readonly layout: ArchitectureLayout | undefined;
  readonly isLayeredOffered?: boolean;
}

/** Each choice is a change of the address. */
export function ArchitectureBar(props: ArchitectureBarProps): ReactElement {
  const { address, services, layout, isLayeredOffered = true } = props;
  const ids = { depth: useId(), layout: useId(), lookback: useId() };
  const go = (changed: Partial<ArchitectureAddress>): void => {
    goTo(architectureHref({ ...address, ...changed }));
  };
  return (
    <ToolBar title={text.architectureTitle}>
      <ToolField label={architectureText.focalService}>
        <Combobox
          label={architectureText.focalService}
          value={address.service}
          emptyLabel={architectureText.allServices}
          options={services}
          onChange={(service) => {
            if (service !== address.service) go({ service });
          }}
        />
      </ToolField>
      <ToolField label={architectureText.depth} controlId={ids.depth} narrow>
        <Select
          id={ids.depth}
          value={String(address.depth)}
          options={depthChoices()}
          disabled={address.service === ''}
          onChange={(depth) => {
            go({ depth: Number(depth) });
          }}
        />
      </ToolField>
      <ToolField label={architectureText.layout} controlId={ids.layout}>
        <Select
          id={ids.layout}
          value={layout ?? address.layout ?? 'hierarchical'}
          options={layoutChoices(isLayeredOffered)}
          onChange={(chosen) => {
            go({ layout: asLayout(chosen) });
          }}
        />
      </ToolField>
      <ToolField label={architectureText.lookback} controlId={ids.lookback}>
        <Select
          id={ids.lookback}
          value={address.lookback}
          options={lookbackChoices(address.lookback)}
          onChange={(lookback) => {
            go({ lookback });
          }}
        />
      </ToolField>
      <FindServices {...props} />
      <button
        type="button"
        className="button"
        onClick={() => {
          goTo(
            architectureHref({
              ...{ service: '', depth: DEFAULT_DEPTH, layout: undefined },
              ...{ lookback: DEFAULT_LOOKBACK, find: '' },
            }),
          );
        }}
      >
        <RotateCcw size={14} aria-hidden />
        {architectureText.reset}
      </button>
    </ToolBar>
  );
}

function FindServices({ address, found }: ArchitectureBarProps): ReactElement {
  return (
    <FindField
      label={architectureText.find}
      placeholder={architectureText.findPlaceholder}
      value={address.find}
      found={found && architectureText.found(found.count, found.of)}
      onFind={(find) => {
        goTo(architectureHref({ ...address, find }), 'replace');
      }}
    />
  );
}

function depthChoices(): ReadonlyMap<string, string> {
  return new Map(
    Array.from({ length: DEPTH_MAX }, (_, index) => [
      String(index + 1),
      architectureText.levels(index + 1),
    ]),
  );
}

function layoutChoices(isLayeredOffered: boolean): ReadonlyMap<string, string> {
  const choices = new Map<string, string>(Object.entries(architectureText.layouts));
  if (!isLayeredOffered) choices.delete('hierarchical');
  return choices;
}

function asLayout(chosen: string): ArchitectureLayout | undefined {
  return chosen === 'force' || chosen === 'table' || chosen === 'hierarchical' ? chosen : undefined;
}

/** Shortest first, with the address's own one. */
function lookbackChoices(own: string): ReadonlyMap<string, string> {
  const choices = [...new Set([...LOOKBACK_CHOICES, own])].map(
    (lookback) => [lookback, lookbackSeconds(lookback) ?? 0] as const,
  );
  choices.sort(([, a], [, b]) => a - b);
  return new Map(
    choices.map(([lookback, seconds]) => [lookback, architectureText.lastRange(seconds)]),
  );
}
