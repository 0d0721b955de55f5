import { ChevronDown } from 'lucide-react';
import { type KeyboardEvent, lazy, type ReactElement, Suspense, useId, useState } from 'react';
import { WaitNotice } from '../../components/notice.tsx';
import { useUiConfig } from '../../config/ui-config.ts';
import { searchText } from '../../text/search-text.ts';
import { hasMistakes } from './search-fields.ts';
import { SearchForm } from './search-form.tsx';
import type { SearchRequest } from './search-request.ts';

const UploadTab = lazy(async () => ({
  default: (await import('./upload-tab.tsx')).UploadTab,
}));

const TABS = ['search', 'upload'] as const;
type Tab = (typeof TABS)[number];

interface SearchSideProps {
  /** Changes with the search. */
  readonly conditions: string;
  readonly request: SearchRequest | undefined;
  /** Whether uploaded traces are shown beside it. */
  readonly isUpload: boolean;
}

/** Search for traces, or bring them along. Where the screen is narrow, the box below comes first. */
export function SearchSide({ conditions, request, isUpload }: SearchSideProps): ReactElement {
  const { disableFileUpload, search } = useUiConfig();
  const [chosen, setChosen] = useState<boolean>();
  // What is wrong with a search is said in the form.
  const unfolded = chosen ?? (isUpload || (request !== undefined && hasMistakes(request, search)));
  // A new search fills the form anew; typing in it changes nothing until it is submitted.
  const form = <SearchForm key={conditions} request={request} />;
  return (
    <div className="search-side" data-unfolded={unfolded}>
      <button
        type="button"
        className="button search-side-toggle"
        aria-expanded={unfolded}
        onClick={() => {
          setChosen(!unfolded);
        }}
      >
        {searchText.searchForm}
        <ChevronDown size={15} aria-hidden />
      </button>
      <div className="search-side-body">
        {disableFileUpload ? form : <SideTabs form={form} isUpload={isUpload} />}
      </div>
    </div>
  );
}

function SideTabs({ form, isUpload }: { form: ReactElement; isUpload: boolean }): ReactElement {
  const id = useId();
  const [tab, setTab] = useState<Tab>(isUpload ? 'upload' : 'search');
  const panel = (one: Tab): object => ({
    role: 'tabpanel',
    id: `${id}-${one}`,
    'aria-label': searchText.tabs[one],
    hidden: tab !== one,
  });
  return (
    <>
      <Tabs id={id} tab={tab} onTab={setTab} />
      <div {...panel('search')}>{form}</div>
      <div {...panel('upload')}>
        {tab === 'upload' && (
          <Suspense fallback={<WaitNotice>{searchText.loadingShape}</WaitNotice>}>
            <UploadTab />
          </Suspense>
        )}
      </div>
    </>
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
