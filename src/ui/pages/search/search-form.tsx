import './search-form.css';
import { Search } from 'lucide-react';
import { type ReactElement, type SubmitEvent, useState } from 'react';
import { lookbackSeconds } from '../../config/lookback.ts';
import { type SearchConfig, useUiConfig } from '../../config/ui-config.ts';
import { searchText } from '../../text/search-text.ts';
import { ConditionField } from './condition-field.tsx';
import { readLastSearch } from './last-search.ts';
import { RangeFields } from './range-fields.tsx';
import { type FieldErrors, fieldsOf, readFields, type SearchFields } from './search-fields.ts';
import { asksForIds, emptySearch, pinRange, type SearchRequest } from './search-request.ts';
import { ServiceFields } from './service-fields.tsx';
import { TextField } from './text-field.tsx';
import { useStartSearch } from './use-start-search.ts';

/**
 * The form as Jaeger users know it. Submitting it is going to the URL of the search; a URL that
 * cannot be searched with is told why at once. Without a request it offers the last one's service.
 */
export function SearchForm({ request }: { request: SearchRequest | undefined }): ReactElement {
  const config = useUiConfig().search;
  const form = useSearchForm(request, config);
  const input = { fields: form.fields, errors: form.errors, change: form.change };
  return (
    <form
      className="search-form"
      aria-label={searchText.searchForm}
      noValidate
      onSubmit={form.submit}
    >
      <ServiceFields {...input} />
      <ConditionField {...input} />
      <RangeFields {...input} adjusted={form.adjusted} onAdjust={form.setAdjusted} />
      <div className="search-form-pair">
        <TextField
          {...input}
          name="minDuration"
          label={searchText.minDuration}
          placeholder={searchText.durationPlaceholder}
        />
        <TextField
          {...input}
          name="maxDuration"
          label={searchText.maxDuration}
          placeholder={searchText.durationPlaceholder}
        />
      </div>
      <TextField
        {...input}
        name="limit"
        label={searchText.limit}
        type="number"
        min={1}
        max={config.maxLimit}
      />
      <div className="search-form-actions">
        <button type="button" className="button" onClick={form.reset}>
          {searchText.reset}
        </button>
        <button type="submit" className="button primary">
          <Search size={15} aria-hidden />
          {searchText.findTraces}
        </button>
      </div>
    </form>
  );
}

interface SearchFormState {
  readonly fields: SearchFields;
  readonly errors: FieldErrors;
  readonly adjusted: boolean;
  readonly change: (changed: Partial<SearchFields>) => void;
  readonly setAdjusted: (adjusted: boolean) => void;
  readonly reset: () => void;
  readonly submit: (event: SubmitEvent) => void;
}

function useSearchForm(request: SearchRequest | undefined, config: SearchConfig): SearchFormState {
  const startSearch = useStartSearch();
  const [adjusted, setAdjusted] = useState(true);
  const [fields, setFields] = useState(() =>
    fieldsOf(request ?? { ...emptySearch(config), ...readLastSearch() }, Date.now()),
  );
  const [errors, setErrors] = useState<FieldErrors>(() => {
    const isById = request !== undefined && asksForIds(request);
    const read = isById ? undefined : request && readFields(fields, config);
    return read?.type === 'errors' ? read.errors : {};
  });
  return {
    fields,
    errors,
    adjusted,
    setAdjusted,
    change: (changed) => {
      setFields({ ...fields, ...changed });
      setErrors({});
    },
    reset: () => {
      setFields(fieldsOf(emptySearch(config), Date.now()));
      setErrors({});
      setAdjusted(true);
    },
    submit: (event) => {
      event.preventDefault();
      const read = readFields(fields, config);
      const cutSeconds = lookbackSeconds(config.adjustEndTime) ?? 0;
      const endMs = Date.now() - (adjusted ? cutSeconds * 1_000 : 0);
      if (read.type === 'errors') {
        setErrors(read.errors);
        return;
      }
      startSearch(pinRange(read.request, endMs));
    },
  };
}
