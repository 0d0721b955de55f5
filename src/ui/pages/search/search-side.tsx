import { type KeyboardEvent, lazy, type ReactElement, Suspense, useId, useState } from 'react';
import { WaitNotice } from '../../components/notice.tsx';
import { useUiConfig } from '../../config/ui-config.ts';
import { searchText } from '../../text/search-text.ts';
import { SearchForm } from './search-form.tsx';
import type { SearchRequest } from './search-request.ts';

const UploadTab = lazy(async () => ({
  default: (await import('./upload-tab.tsx')).UploadTab,
}));

const TABS = ['search', 'upload'] as const;
type Tab = (typeof TABS)[number];

interface SearchSideProps {
  readonly search: string;
  readonly request: SearchRequest | undefined;
  /** Whether uploaded traces are shown beside it. */
  readonly isUpload: boolean;
}

/** Search for traces, or bring them along. */
export function SearchSide({ search, request, isUpload }: SearchSideProps): ReactElement {
  const id = useId();
  const { disableFileUpload } = useUiConfig();
  const [tab, setTab] = useState<Tab>(isUpload ? 'upload' : 'search');
  // A new search fills the form anew; typing in it changes nothing until it is submitted.
  const form = <SearchForm key={search} request={request} />;
  if (disableFileUpload) return <div className="search-side">{form}</div>;
  return (
    <div className="search-side">
      <Tabs id={id} tab={tab} onTab={setTab} />
      <div
        role="tabpanel"
        id={`${id}-search`}
        aria-label={searchText.tabs.search}
        hidden={tab !== 'search'}
      >
        {form}
      </div>
      <div
        role="tabpanel"
        id={`${id}-upload`}
        aria-label={searchText.tabs.upload}
        hidden={tab !== 'upload'}
      >
        {tab === 'upload' && (
          <Suspense fallback={<WaitNotice>{searchText.loadingShape}</WaitNotice>}>
            <UploadTab />
          </Suspense>
        )}
      </div>
    </div>
  );
}

interface TabsProps {
  readonly id: string;
  readonly tab: Tab;
  readonly onTab: (tab: Tab) => void;
}

/** One stop of the Tab key; the arrow keys change between them. */
function Tabs({ id, tab, onTab }: TabsProps): ReactElement {
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    const other = tab === 'search' ? 'upload' : 'search';
    onTab(other);
    event.currentTarget.querySelector<HTMLElement>(`[data-tab="${other}"]`)?.focus();
  };
  return (
    <div
      className="search-tabs"
      role="tablist"
      aria-label={searchText.tabsLabel}
      onKeyDown={onKeyDown}
    >
      {TABS.map((one) => (
        <button
          key={one}
          type="button"
          role="tab"
          data-tab={one}
          aria-selected={one === tab}
          aria-controls={`${id}-${one}`}
          tabIndex={one === tab ? 0 : -1}
          onClick={() => {
            onTab(one);
          }}
        >
          {searchText.tabs[one]}
        </button>
      ))}
    </div>
  );
}
