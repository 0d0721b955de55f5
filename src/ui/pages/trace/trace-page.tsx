import './trace-page.css';
import type { ReactElement } from 'react';
import { parseTraceId } from '../../../model/trace-id.ts';
import { ApiError } from '../../api/fetch-json.ts';
import { useArrivedSpans, useTrace } from '../../api/trace.ts';
import { BigNotice, FailNotice, WaitNotice } from '../../components/notice.tsx';
import { useUiConfig } from '../../config/ui-config.ts';
import type { PageProps } from '../../page-props.ts';
import { followLink } from '../../routing.ts';
import { text } from '../../text/common-text.ts';
import { traceText } from '../../text/trace-text.ts';
import { LoadedTrace } from './loaded-trace.tsx';
import { useTraceAnalysis } from './trace-analysis.ts';

/** One trace, by its id. `search` is the page's query. */
export function TracePage({ id, search }: PageProps): ReactElement {
  const valid = parseTraceId(id) !== undefined;
  return (
    <main id="content" className="trace-page" tabIndex={-1}>
      {valid ? (
        <FetchedTrace traceId={id} search={search} />
      ) : (
        <NoTrace title={traceText.notAnIdTitle} hint={text.lookupInvalid} />
      )}
    </main>
  );
}

function FetchedTrace({ traceId, search }: { traceId: string; search: string }): ReactElement {
  const trace = useTrace(traceId);
  const analysis = useTraceAnalysis(trace.data, useUiConfig().criticalPathEnabled);
  const arrived = useArrivedSpans(traceId);
  const waiting = (
    <>
      <h1 className="only-read-aloud">{traceText.loadingTrace(traceId)}</h1>
      <WaitNotice progress={arrived > 0 ? traceText.arrivedSpans(arrived) : undefined}>
        {traceText.loadingTrace(traceId)}
      </WaitNotice>
    </>
  );
  if (trace.isPending) return waiting;
  if (trace.isError) {
    const missing = trace.error instanceof ApiError && trace.error.status === 404;
    if (missing) return <NoTrace title={traceText.notFoundTitle} hint={traceText.notFoundHint} />;
    return <FailNotice error={trace.error} retry={() => void trace.refetch()} />;
  }
  if (trace.data.spans.length === 0) return <BigNotice title={traceText.emptyTrace} />;
  // Still the same wait, so that nothing blinks.
  if (analysis === undefined) return waiting;
  return <LoadedTrace {...{ traceId, analysis, search }} trace={trace.data} />;
}

function NoTrace({ title, hint }: { title: string; hint: string }): ReactElement {
  return (
    <BigNotice title={title}>
      <p className="muted">{hint}</p>
      <a className="button" href="search" onClick={followLink}>
        {text.goToSearch}
      </a>
    </BigNotice>
  );
}
