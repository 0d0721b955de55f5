import './check-card.css';
import type { CSSProperties, ReactElement } from 'react';
import { isFollowable } from '../../../model/safe-link.ts';
import type { CheckResult, Verdicts } from '../../api/trace-quality.ts';
import { SafeText } from '../../components/safe-text.tsx';
import { useLinkTarget } from '../../config/ui-config.ts';
import { wholeNumber } from '../../number-text.ts';
import { qualityText } from '../../text/quality-text.ts';
import { ExampleLinks } from './example-links.tsx';
import { gradeOf } from './grade.ts';

/** One check: which share of the spans pass it, and traces to look at. */
export function CheckCard({ check }: { check: CheckResult }): ReactElement {
  const { docsLink, passed, failed, weight } = check;
  const name = qualityText.checkName(check.name);
  const target = useLinkTarget();
  return (
    <article className="check-card">
      <h3>
        <SafeText>{name}</SafeText>
      </h3>
      <p className="check-card-kind muted">
        <SafeText>{qualityText.category(check.category)}</SafeText>
        <span>{qualityText.weight(wholeNumber(weight))}</span>
      </p>
      <PassShare name={name} passed={passed.count} failed={failed.count} />
      <p className="check-card-text muted">
        <SafeText>{qualityText.description(check.name, check.description)}</SafeText>
        {docsLink !== '' && isFollowable(docsLink) && (
          <a href={docsLink} {...target}>
            {qualityText.aboutCheck}
          </a>
        )}
      </p>
      <dl>
        <Outcome kind="failed" word={qualityText.failed} verdicts={check.failed} />
        <Outcome kind="passed" word={qualityText.passed} verdicts={check.passed} />
        <Outcome kind="exempt" word={qualityText.exempt} verdicts={check.exempt} />
      </dl>
    </article>
  );
}

function PassShare(props: { name: string; passed: number; failed: number }): ReactElement {
  const judged = props.passed + props.failed;
  if (judged === 0) {
    return (
      <div className="check-card-share muted">
        <span className="check-card-percent">–</span>
        {qualityText.nothingJudged}
      </div>
    );
  }
  const share = props.passed / judged;
  const percent = percentText(share);
  const part: CSSProperties = { width: `${share * 100}%` };
  return (
    <div className="check-card-share" data-grade={gradeOf(share)}>
      <span className="check-card-percent numbers" aria-hidden="true">
        {percent}
      </span>
      <span
        className="check-card-bar"
        role="img"
        aria-label={qualityText.share(props.name, percent)}
      >
        <span style={part} />
      </span>
    </div>
  );
}

/** Never 100 % while a span fails, nor 0 % while one passes. */
function percentText(share: number): string {
  const rounded = Math.round(share * 100);
  const shown = share === 1 || share === 0 ? rounded : Math.min(99, Math.max(1, rounded));
  return `${shown} %`;
}

function Outcome(props: {
  kind: 'failed' | 'passed' | 'exempt';
  word: string;
  verdicts: Verdicts;
}): ReactElement {
  const { kind, word, verdicts } = props;
  return (
    <div className="check-card-outcome" data-kind={kind} data-any={verdicts.count > 0}>
      <dt>{word}</dt>
      <dd className="numbers">{wholeNumber(verdicts.count)}</dd>
      <dd>
        <ExampleLinks kind={word} examples={verdicts.examples} />
      </dd>
    </div>
  );
}
