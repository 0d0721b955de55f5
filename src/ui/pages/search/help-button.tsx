import { CircleHelp } from 'lucide-react';
import { lazy, type ReactElement, Suspense, useState } from 'react';
import { Foldout } from '../../components/foldout.tsx';
import { searchText } from '../../text/search-text.ts';

const ConditionHelp = lazy(async () => ({
  default: (await import('./condition-help.tsx')).ConditionHelp,
}));

/** Opens the help about conditions; it is fetched when it is pointed at or opened. */
export function HelpButton(): ReactElement {
  const [wanted, setWanted] = useState(false);
  const want = (): void => {
    setWanted(true);
  };
  return (
    <span onPointerEnter={want} onFocus={want}>
      <Foldout
        className="icon-button help-button"
        label={searchText.help}
        summary={<CircleHelp size={15} aria-hidden />}
      >
        <Suspense fallback={null}>{wanted && <ConditionHelp />}</Suspense>
      </Foldout>
    </span>
  );
}
