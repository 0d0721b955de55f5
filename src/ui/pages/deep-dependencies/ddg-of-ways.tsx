import type { ReactElement, ReactNode } from 'react';
import type { useDeepDependencies } from '../../api/deep-dependencies.ts';
import { BigNotice, FailNotice, WaitNotice } from '../../components/notice.tsx';
import { ddgText } from '../../text/ddg-text.ts';
import { DdgExplorer, type DdgExplorerProps } from './ddg-explorer.tsx';

interface DdgOfWaysProps extends Omit<DdgExplorerProps, 'sources'> {
  readonly ways: ReturnType<typeof useDeepDependencies>;
  /** What is said when there are none. */
  readonly empty: ReactNode;
}

/** The graph of ways through a focus, once they are here. */
export function DdgOfWays({ ways, empty, ...explorer }: DdgOfWaysProps): ReactElement {
  const { focus } = explorer;
  if (ways.isPending) return <WaitNotice>{ddgText.loading(focus.service)}</WaitNotice>;
  if (ways.isError) return <FailNotice error={ways.error} retry={() => void ways.refetch()} />;
  if (ways.data.length === 0) return <BigNotice title={ddgText.emptyTitle}>{empty}</BigNotice>;
  return <DdgExplorer key={JSON.stringify(focus)} sources={ways.data} {...explorer} />;
}
