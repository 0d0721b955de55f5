import './example-links.css';
import type { ReactElement } from 'react';
import { parseTraceId } from '../../../model/trace-id.ts';
import { traceIdPart } from '../../../model/trace-id.ts';
import type { QualityExample } from '../../api/trace-quality.ts';
import { SafeText } from '../../components/safe-text.tsx';
import { useUiConfig } from '../../config/ui-config.ts';
import { followLink, traceHref } from '../../routing.ts';
import { qualityText } from '../../text/quality-text.ts';

interface ExampleLinksProps {
  /** What they are examples of. */
  readonly kind: string;
  readonly examples: readonly QualityExample[];
}

/** Traces to look at, each opened with its spans found. */
export function ExampleLinks({ kind, examples }: ExampleLinksProps): ReactElement | null {
  const { traceIdDisplayLength } = useUiConfig();
  const known = examples.filter(({ traceId }) => parseTraceId(traceId) !== undefined);
  if (known.length === 0) return null;
  return (
    <ul className="example-links mono" aria-label={qualityText.examples(kind, known.length)}>
      {known.map(({ traceId, spanIds }) => (
        <li key={traceId}>
          <a
            href={traceHref(traceId, spanIds.join(' '))}
            onClick={followLink}
            title={qualityText.example(traceId, spanIds.length)}
          >
            <SafeText>{traceIdPart(traceId, traceIdDisplayLength)}</SafeText>
          </a>
        </li>
      ))}
    </ul>
  );
}
