import './search-box.css';
import { Search } from 'lucide-react';
import { type ReactElement, type SubmitEvent, useId, useState } from 'react';
import { useServices } from '../../api/services.ts';
import { useUiConfig } from '../../config/ui-config.ts';
import { searchText } from '../../text/search-text.ts';
import { ConditionInput } from './condition-input.tsx';
import { HelpButton } from './help-button.tsx';
import { readSearchLine } from './search-fields.ts';
import { pinRange, type SearchRequest } from './search-request.ts';
import { useStartSearch } from './use-start-search.ts';

interface SearchBoxProps {
  /** Gives the time range and the limit; its conditions are those of the line. */
  readonly request: SearchRequest;
  readonly line: string;
  readonly label: string;
  readonly placeholder: string;
  /** Takes what is no line of conditions; false leaves it to the box. */
  readonly onOther?: (typed: string, services: readonly string[]) => boolean;
}

/** All conditions of a search in one line, the service included. A word alone is a service. */
export function SearchBox(props: SearchBoxProps): ReactElement {
  const { request, label, placeholder } = props;
  const id = useId();
  const config = useUiConfig().search;
  const services = useServices();
  const startSearch = useStartSearch();
  const [line, setLine] = useState(props.line);
  const [error, setError] = useState<string>();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const known = services.data ?? [];
    if (props.onOther?.(line, known) === true) return;
    const read = readSearchLine(line, request, { services: known, config });
    if (read.type === 'mistake') {
      setError(read.message);
      return;
    }
    startSearch(pinRange(read.request, Date.now()));
  };
  return (
    <form className="search-box" role="search" aria-label={label} onSubmit={submit}>
      <div className="search-box-field">
        <Search size={16} className="search-box-icon" aria-hidden />
        <ConditionInput
          id={id}
          label={label}
          value={line}
          placeholder={placeholder}
          invalid={error !== undefined}
          noteId={`${id}-note`}
          service={serviceIn(line)}
          named
          onChange={(typed) => {
            setLine(typed);
            setError(undefined);
          }}
        />
        <HelpButton />
        <button type="submit" className="button primary">
          {searchText.boxGo}
        </button>
      </div>
      <p
        id={`${id}-note`}
        className="field-note"
        data-error
        role="alert"
        hidden={error === undefined}
      >
        {error}
      </p>
    </form>
  );
}

/** Whose attributes are offered while the line is written. */
function serviceIn(line: string): string {
  const [, quoted, plain = ''] = /(?:^|\s)service:(?:"([^"]*)"|(\S*))\s/.exec(line) ?? [];
  return quoted ?? plain;
}
