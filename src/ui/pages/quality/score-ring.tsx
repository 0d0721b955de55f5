import './score-ring.css';
import type { ReactElement } from 'react';
import { isFollowable } from '../../../model/safe-link.ts';
import type { QualityScore } from '../../api/trace-quality.ts';
import { SafeText } from '../../components/safe-text.tsx';
import { useLinkTarget } from '../../config/ui-config.ts';
import { wholeNumber } from '../../number-text.ts';
import { qualityText } from '../../text/quality-text.ts';
import { gradeOf } from './grade.ts';

const SIZE = 92;
const RADIUS = 40;
const ROUND = 2 * Math.PI * RADIUS;

interface ScoreRingProps {
  readonly score: QualityScore;
  /** Whether there was a span to judge. */
  readonly judged: boolean;
  /** '' for none. */
  readonly docsLink: string;
}

/** A score as the part of a ring that it fills. */
export function ScoreRing({ score, judged, docsLink }: ScoreRingProps): ReactElement {
  const { value, max } = score;
  const label = qualityText.scoreLabel(score.key, score.label);
  const target = useLinkTarget();
  const share = max > 0 && judged ? Math.min(1, Math.max(0, value / max)) : 0;
  return (
    <div className="score-ring" data-grade={judged ? gradeOf(share) : undefined}>
      <svg
        role="img"
        aria-label={
          judged
            ? qualityText.score(label, wholeNumber(value), wholeNumber(max))
            : qualityText.noScore(label)
        }
        width={SIZE}
        height={SIZE}
        viewBox={`0 0 ${SIZE} ${SIZE}`}
      >
        <circle className="score-ring-track" cx={SIZE / 2} cy={SIZE / 2} r={RADIUS} />
        <circle
          className="score-ring-part"
          cx={SIZE / 2}
          cy={SIZE / 2}
          r={RADIUS}
          // From the top, clockwise.
          transform={`rotate(-90 ${SIZE / 2} ${SIZE / 2})`}
          strokeDasharray={`${share * ROUND} ${ROUND}`}
          visibility={share === 0 ? 'hidden' : undefined}
        />
        <text className="numbers" x="50%" y="50%" dy="0.36em" textAnchor="middle">
          {judged ? wholeNumber(value) : '–'}
        </text>
      </svg>
      <p>
        <SafeText>{label}</SafeText>
        <span className="muted numbers" aria-hidden="true">
          {`/ ${wholeNumber(max)}`}
        </span>
        {docsLink !== '' && isFollowable(docsLink) && (
          <a href={docsLink} {...target}>
            {qualityText.aboutScores}
          </a>
        )}
      </p>
    </div>
  );
}
