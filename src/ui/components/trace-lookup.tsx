import './trace-lookup.css';
import { Search } from 'lucide-react';
import { type ReactElement, type SubmitEvent, useState } from 'react';
import { spanAddressOf } from '../../model/span-address.ts';
import { goTo, traceHref } from '../routing.ts';
import { text } from '../text/common-text.ts';

/** From an id, in whatever form it was copied, to its trace. */
export function TraceLookup(): ReactElement {
  const [typed, setTyped] = useState('');
  const [refused, setRefused] = useState(false);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const address = spanAddressOf(typed);
    setRefused(address === undefined);
    if (address === undefined) return;
    setTyped('');
    goTo(traceHref(address.traceId, address.spanId));
  };
  return (
    <form className="trace-lookup" role="search" aria-label={text.lookupLabel} onSubmit={submit}>
      <Search size={15} aria-hidden />
      <input
        className="input mono"
        aria-label={text.lookupLabel}
        aria-invalid={refused}
        aria-describedby="lookup-refused"
        placeholder={text.lookupPlaceholder}
        spellCheck={false}
        autoComplete="off"
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setRefused(false);
        }}
      />
      <span id="lookup-refused" className="trace-lookup-refused" role="alert" hidden={!refused}>
        {text.lookupInvalid}
      </span>
    </form>
  );
}
