import './search-form.css';
import { Search } from 'lucide-react';
import { type ReactElement, type ReactNode, type SubmitEvent, useId, useState } from 'react';
import { useOperations, useServices } from '../../api/services.ts';
import { Combobox } from '../../components/combobox.tsx';
import { Select } from '../../components/select.tsx';
import { lookbackSeconds } from '../../config/lookback.ts';
import { useUiConfig } from '../../config/ui-config.ts';
import { goTo } from '../../routing.ts';
import { text } from '../../text/common-text.ts';
import { searchText } from '../../text/search-text.ts';
import { type FieldErrors, fieldsOf, readFields, type SearchFields } from './search-fields.ts';
import {
  CUSTOM_LOOKBACK,
  emptySearch,
  pinRange,
  searchHref,
  type SearchRequest,
} from './search-request.ts';

/**
 * The form as Jaeger users know it. Submitting it is going to the URL of the search; a URL that
 * cannot be searched with is told why at once. Without a request it is empty.
 */
export function SearchForm({ request }: { request: SearchRequest | undefined }): ReactElement {
  const config = useUiConfig();
  const [adjusted, setAdjusted] = useState(true);
  const [fields, setFields] = useState(() =>
    fieldsOf(request ?? emptySearch(config.search), Date.now()),
  );
  const [errors, setErrors] = useState<FieldErrors>(() => {
    const read = request && readFields(fields, config.search);
    return read?.type === 'errors' ? read.errors : {};
  });
  const change = (changed: Partial<SearchFields>): void => {
    setFields({ ...fields, ...changed });
    setErrors({});
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const read = readFields(fields, config.search);
    const cutSeconds = lookbackSeconds(config.search.adjustEndTime) ?? 0;
    const endMs = Date.now() - (adjusted ? cutSeconds * 1_000 : 0);
    if (read.type === 'errors') setErrors(read.errors);
    else goTo(searchHref(pinRange(read.request, endMs)));
  };
  const input = { fields, errors, change };
  return (
    <form className="search-form" aria-label={searchText.searchForm} noValidate onSubmit={submit}>
      <ServiceFields {...input} />
      <TextField
        {...input}
        name="tags"
        label={config.terms.tags}
        placeholder={searchText.tagsPlaceholder}
        hint={searchText.tagsHelp}
      />
      <LookbackField {...input} />
      {fields.lookback !== CUSTOM_LOOKBACK && (
        <AdjustField checked={adjusted} onChange={setAdjusted} />
      )}
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
      <TextField {...input} name="limit" label={searchText.limit} placeholder="20" />
      <button type="submit" className="button primary">
        <Search size={15} aria-hidden />
        {searchText.findTraces}
      </button>
    </form>
  );
}

interface FieldProps {
  readonly fields: SearchFields;
  readonly errors: FieldErrors;
  readonly change: (changed: Partial<SearchFields>) => void;
}

function ServiceFields({ fields, errors, change }: FieldProps): ReactElement {
  const noteId = useId();
  const { withoutService } = useUiConfig().search;
  const services = useServices();
  const operations = useOperations(fields.service);
  return (
    <>
      <Labelled label={text.service}>
        <Combobox
          label={text.service}
          value={fields.service}
          emptyLabel={withoutService ? text.allServices : searchText.chooseService}
          required={!withoutService}
          options={services.data ?? []}
          invalid={errors.service !== undefined}
          noteId={noteId}
          onChange={(service) => {
            change({ service, operation: service === fields.service ? fields.operation : '' });
          }}
        />
        <p id={noteId} className="field-note" data-error>
          {errors.service}
        </p>
      </Labelled>
      <Labelled label={text.operation}>
        <Combobox
          label={text.operation}
          value={fields.operation}
          emptyLabel={text.allOperations}
          options={operations.data ?? []}
          onChange={(operation) => {
            change({ operation });
          }}
        />
      </Labelled>
    </>
  );
}

/** Whether the newest traces are left out, where the configuration offers it. */
function AdjustField(props: {
  checked: boolean;
  onChange: (checked: boolean) => void;
}): ReactElement | null {
  const { adjustEndTime } = useUiConfig().search;
  if (adjustEndTime === '') return null;
  return (
    <label className="search-form-adjust" title={searchText.adjustHint}>
      <input
        type="checkbox"
        checked={props.checked}
        onChange={(event) => {
          props.onChange(event.currentTarget.checked);
        }}
      />
      {searchText.adjustEndTime(adjustEndTime)}
    </label>
  );
}

function LookbackField({ fields, errors, change }: FieldProps): ReactElement {
  const id = useId();
  const { lookbacks } = useUiConfig().search;
  const options = new Map([
    ...[...lookbacks].map(([name, seconds]) => [name, searchText.lastRange(seconds)] as const),
    [CUSTOM_LOOKBACK, searchText.customRange],
  ]);
  const custom = fields.lookback === CUSTOM_LOOKBACK;
  return (
    <>
      <div className="field">
        <label htmlFor={id}>{searchText.lookback}</label>
        <Select
          id={id}
          value={fields.lookback}
          options={options}
          onChange={(lookback) => {
            change({ lookback });
          }}
        />
      </div>
      {custom && (
        <>
          <TextField
            {...{ fields, errors, change }}
            name="from"
            label={searchText.rangeStart}
            type="datetime-local"
          />
          <TextField
            {...{ fields, errors, change }}
            name="to"
            label={searchText.rangeEnd}
            type="datetime-local"
          />
        </>
      )}
    </>
  );
}

interface TextFieldProps extends FieldProps {
  readonly name: keyof SearchFields;
  readonly label: string;
  readonly placeholder?: string;
  readonly hint?: string;
  readonly type?: string;
}

function TextField(props: TextFieldProps): ReactElement {
  const { name, label, placeholder, hint, type = 'text', fields, errors, change } = props;
  const id = useId();
  const error = errors[name];
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input numbers"
        type={type}
        step={1}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        aria-invalid={error !== undefined}
        aria-describedby={`${id}-note`}
        value={fields[name]}
        onChange={(event) => {
          change({ [name]: event.currentTarget.value });
        }}
      />
      <p id={`${id}-note`} className="field-note" data-error={error !== undefined}>
        {error ?? hint}
      </p>
    </div>
  );
}

function Labelled({ label, children }: { label: string; children: ReactNode }): ReactElement {
  return (
    <div className="field">
      <span className="field-label" aria-hidden="true">
        {label}
      </span>
      {children}
    </div>
  );
}
