import '../search/search-form.css';
import { type ReactElement, type SubmitEvent, useState } from 'react';
import { lookbackSeconds } from '../../config/lookback.ts';
import { useUiConfig } from '../../config/ui-config.ts';
import { compareText } from '../../text/compare-text.ts';
import { searchText } from '../../text/search-text.ts';
import { ConditionField } from '../search/condition-field.tsx';
import { RangeFields } from '../search/range-fields.tsx';
import { type FieldErrors, fieldsOf, readFields } from '../search/search-fields.ts';
import { emptySearch, pinRange, searchParameters } from '../search/search-request.ts';
import { ServiceFields } from '../search/service-fields.tsx';
import { TextField } from '../search/text-field.tsx';
import { GROUP_MAX } from './compare-address.ts';
import type { ComparedSide } from './use-compared.ts';

interface SideSearchProps {
  readonly letter: 'A' | 'B';
  readonly side: ComparedSide;
  /** Parameters of a search page; '' for no search any more. */
  readonly onSearch: (search: string) => void;
}

/** The search form once more: what it finds is one side of the comparison. */
export function SideSearch({ letter, side, onSearch }: SideSearchProps): ReactElement {
  const config = useUiConfig().search;
  const [fields, setFields] = useState(() =>
    fieldsOf(side.request ?? emptySearch(config), Date.now()),
  );
  const [adjusted, setAdjusted] = useState(true);
  const [errors, setErrors] = useState<FieldErrors>({});
  const input = {
    ...{ fields, errors },
    change: (changed: Partial<typeof fields>) => {
      setFields({ ...fields, ...changed });
      setErrors({});
    },
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const read = readFields(fields, { ...config, maxLimit: Math.min(config.maxLimit, GROUP_MAX) });
    const cutSeconds = lookbackSeconds(config.adjustEndTime) ?? 0;
    const endMs = Date.now() - (adjusted ? cutSeconds * 1_000 : 0);
    if (read.type === 'errors') setErrors(read.errors);
    else onSearch(searchParameters(pinRange(read.request, endMs)).toString());
  };
  return (
    <form
      className="search-form"
      aria-label={compareText.searchFor(letter)}
      noValidate
      onSubmit={submit}
    >
      <h2>{compareText.searchFor(letter)}</h2>
      <ServiceFields {...input} />
      <ConditionField {...input} />
      <RangeFields {...input} adjusted={adjusted} onAdjust={setAdjusted} />
      <div className="search-form-pair">
        <TextField {...input} name="minDuration" label={searchText.minDuration} />
        <TextField {...input} name="maxDuration" label={searchText.maxDuration} />
      </div>
      <TextField
        {...input}
        name="limit"
        label={searchText.limit}
        type="number"
        min={1}
        max={GROUP_MAX}
      />
      <div className="chooser-actions">
        <button type="submit" className="button primary">
          {compareText.useAs(letter)}
        </button>
        {side.request !== undefined && (
          <button
            type="button"
            className="button"
            onClick={() => {
              onSearch('');
            }}
          >
            {compareText.stopSearch(letter)}
          </button>
        )}
      </div>
    </form>
  );
}
