import './search-form.css';
import { Search } from 'lucide-react';
import { type ReactElement, type ReactNode, type SubmitEvent, useId, useState } from 'react';
import { useOperations, useServices } from '../../api/services.ts';
import { Combobox } from '../../components/combobox.tsx';
import { Select } from '../../components/select.tsx';
import { goTo } from '../../routing.ts';
import { text } from '../../text.ts';
import { type FieldErrors, fieldsOf, readFields, type SearchFields } from './search-fields.ts';
import {
  CUSTOM_LOOKBACK,
  LOOKBACKS,
  pinRange,
  searchHref,
  type SearchRequest,
} from './search-request.ts';

const LOOKBACK_OPTIONS: ReadonlyMap<string, string> = new Map([
  ...[...LOOKBACKS].map(([name, seconds]) => [name, text.lastRange(seconds)] as const),
  [CUSTOM_LOOKBACK, text.customRange],
]);

/** The form as Jaeger users know it. Submitting it is going to the URL of the search. */
export function SearchForm({ request }: { request: SearchRequest | undefined }): ReactElement {
  const [fields, setFields] = useState(() => fieldsOf(request, Date.now()));
  const [errors, setErrors] = useState<FieldErrors>({});
  const services = useServices();
  const operations = useOperations(fields.service);
  const change = (changed: Partial<SearchFields>): void => {
    setFields({ ...fields, ...changed });
    setErrors({});
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const read = readFields(fields);
    if (read.type === 'errors') setErrors(read.errors);
    else goTo(searchHref(pinRange(read.request, Date.now())));
  };
  const input = { fields, errors, change };
  return (
    <form className="search-form" aria-label={text.searchForm} noValidate onSubmit={submit}>
      <Labelled label={text.service}>
        <Combobox
          label={text.service}
          value={fields.service}
          anyLabel={text.allServices}
          options={services.data ?? []}
          onChange={(service) => {
            change({ service, operation: service === fields.service ? fields.operation : '' });
          }}
        />
      </Labelled>
      <Labelled label={text.operation}>
        <Combobox
          label={text.operation}
          value={fields.operation}
          anyLabel={text.allOperations}
          options={operations.data ?? []}
          onChange={(operation) => {
            change({ operation });
          }}
        />
      </Labelled>
      <TextField
        {...input}
        name="tags"
        label={text.tags}
        placeholder={text.tagsPlaceholder}
        hint={text.tagsHelp}
      />
      <LookbackField {...input} />
      <div className="search-form-pair">
        <TextField
          {...input}
          name="minDuration"
          label={text.minDuration}
          placeholder={text.durationPlaceholder}
        />
        <TextField
          {...input}
          name="maxDuration"
          label={text.maxDuration}
          placeholder={text.durationPlaceholder}
        />
      </div>
      <TextField {...input} name="limit" label={text.limit} placeholder="20" />
      <button type="submit" className="button primary">
        <Search size={15} aria-hidden />
        {text.findTraces}
      </button>
    </form>
  );
}

interface FieldProps {
  readonly fields: SearchFields;
  readonly errors: FieldErrors;
  readonly change: (changed: Partial<SearchFields>) => void;
}

function LookbackField({ fields, errors, change }: FieldProps): ReactElement {
  const id = useId();
  const custom = fields.lookback === CUSTOM_LOOKBACK;
  return (
    <>
      <div className="field">
        <label htmlFor={id}>{text.lookback}</label>
        <Select
          id={id}
          value={fields.lookback}
          options={LOOKBACK_OPTIONS}
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
            label={text.rangeStart}
            type="datetime-local"
          />
          <TextField
            {...{ fields, errors, change }}
            name="to"
            label={text.rangeEnd}
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
