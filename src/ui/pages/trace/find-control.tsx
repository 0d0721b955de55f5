import { type Dispatch, type ReactElement, useEffect, useRef } from 'react';
import { FindBox, type FindBoxProps } from './find-box.tsx';
import type { SearchChange } from './trace-address.ts';
import { nextMatch, type TraceAction, type TraceView } from './trace-view.ts';
import type { TraceFind } from './use-trace-find.ts';

interface FindControlProps {
  readonly find: TraceFind;
  readonly view: TraceView;
  readonly dispatch: Dispatch<TraceAction>;
  readonly search: string;
  readonly onSearch: (change: SearchChange) => void;
  readonly input: FindBoxProps['input'];
}

/** The box of what is looked for in the trace, and the steps from match to match. */
export function FindControl(props: FindControlProps): ReactElement {
  const { find, view, dispatch, search, onSearch, input } = props;
  const { active } = view;
  const step = useSteps(find, (by) => {
    const stays = by === 0 && find.foundSet.has(active);
    const index = stays ? active : nextMatch(find.found, active, by === 0 ? 1 : by);
    if (index !== undefined) dispatch({ type: 'reveal', index });
  });
  return (
    <FindBox
      input={input}
      value={find.typed}
      onChange={find.setTyped}
      position={find.found.indexOf(active) + 1}
      count={find.found.length}
      onStep={step}
      only={new URLSearchParams(search).has('uiFindOnly')}
      onOnly={(only) => {
        onSearch({ uiFindOnly: only ? '1' : undefined });
      }}
    />
  );
}

type Step = FindBoxProps['onStep'];

/** A step that comes before what is typed has been looked for is taken then. */
function useSteps({ text, typed }: TraceFind, take: Step): Step {
  const waiting = useRef<Parameters<Step>[0]>(undefined);
  const isBehind = text !== typed;
  useEffect(() => {
    const by = waiting.current;
    if (isBehind || by === undefined) return;
    waiting.current = undefined;
    take(by);
  });
  return (by) => {
    if (isBehind) waiting.current = by;
    else take(by);
  };
}
