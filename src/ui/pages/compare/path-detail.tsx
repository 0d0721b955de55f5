import './path-detail.css';
import { X } from 'lucide-react';
import type { ReactElement } from 'react';
import { CHANGE_METRICS, type DiffPath, type PathSide } from '../../../model/trace-diff.ts';
import type { TraceProfile } from '../../../model/trace-profile.ts';
import { IconButton } from '../../components/icon-button.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import { ServiceDot } from '../../components/service-dot.tsx';
import { wholeNumber } from '../../number-text.ts';
import { followLink, traceHref } from '../../routing.ts';
import { compareText } from '../../text/compare-text.ts';
import { certaintyText, countText, differenceText, shareText, usText } from './change-text.ts';
import { wayTo } from './diff-paths.ts';

interface PathDetailProps {
  readonly path: DiffPath;
  readonly paths: readonly DiffPath[];
  readonly a: readonly TraceProfile[];
  readonly b: readonly TraceProfile[];
  readonly onClose: () => void;
}

/** One path: the way to it, both sides in numbers, and how far the difference can be trusted. */
export function PathDetail({ path, paths, a, b, onClose }: PathDetailProps): ReactElement {
  const groups = { a: a.length, b: b.length };
  const isPair = a.length === 1 && b.length === 1;
  return (
    <div
      className="path-detail"
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <header>
        <h2>
          <SafeText>{path.operation}</SafeText>
        </h2>
        <IconButton label={compareText.closeDetail} Icon={X} onClick={onClose} />
      </header>
      <Way path={path} paths={paths} />
      <Numbers path={path} groups={groups} />
      {!isPair && (
        <section className="path-detail-certainty" aria-label={compareText.certainty}>
          <h3>{compareText.certainty}</h3>
          <ul>
            {CHANGE_METRICS.map((metric) => (
              <li key={metric} data-certainty={path[metric].certainty}>
                {certaintyText(path, metric, groups)}
              </li>
            ))}
          </ul>
        </section>
      )}
      <p className="path-detail-links">
        <TimelineLink letter="A" path={path} traces={a} side={path.a} />
        <TimelineLink letter="B" path={path} traces={b} side={path.b} />
      </p>
    </div>
  );
}

function Way({ path, paths }: Pick<PathDetailProps, 'path' | 'paths'>): ReactElement {
  return (
    <ol className="path-detail-way">
      {wayTo(paths, paths.indexOf(path)).map((index) => {
        const step = paths[index];
        return (
          step && (
            <li key={index}>
              <ServiceDot name={step.service} />
              <span className="muted">
                <SafeText>{step.operation}</SafeText>
              </span>
            </li>
          )
        );
      })}
    </ol>
  );
}

interface Fact {
  readonly word: string;
  readonly a: string;
  readonly b: string;
  readonly change?: string;
}

function Numbers(props: { path: DiffPath; groups: { a: number; b: number } }): ReactElement {
  const { path, groups } = props;
  const { a, b, count, duration, errors } = path;
  const { facts } = compareText;
  const of = (side: PathSide, size: number): string =>
    compareText.ofTraces(wholeNumber(side.traceCount), wholeNumber(size));
  const rows: readonly Fact[] = [
    { word: facts.traces, a: of(a, groups.a), b: of(b, groups.b) },
    { word: facts.spans, a: wholeNumber(a.spanCount), b: wholeNumber(b.spanCount) },
    {
      word: facts.perTrace,
      ...{ a: countText(count.a), b: countText(count.b) },
      change: differenceText(count, 'count'),
    },
    {
      word: facts.mean,
      ...{ a: usText(duration.a), b: usText(duration.b) },
      change: differenceText(duration, 'duration'),
    },
    { word: facts.p50, a: usText(a.p50Us), b: usText(b.p50Us) },
    { word: facts.p95, a: usText(a.p95Us), b: usText(b.p95Us) },
    { word: facts.max, a: usText(a.maxUs), b: usText(b.maxUs) },
    {
      word: facts.errors,
      ...{ a: shareText(errors.a), b: shareText(errors.b) },
      change: differenceText(errors, 'errors'),
    },
  ];
  return (
    <table className="path-detail-numbers numbers">
      <thead>
        <tr>
          <th scope="col">
            <span className="only-read-aloud">{compareText.fact}</span>
          </th>
          <th scope="col">A</th>
          <th scope="col">B</th>
          <th scope="col">{compareText.change}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.word}>
            <th scope="row">{row.word}</th>
            <td>{row.a}</td>
            <td>{row.b}</td>
            <td>{row.change}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface TimelineLinkProps {
  readonly letter: 'A' | 'B';
  readonly path: DiffPath;
  readonly traces: readonly TraceProfile[];
  readonly side: PathSide;
}

/** Only a single trace has a timeline; there the spans of the operation are found. */
function TimelineLink({ letter, path, traces, side }: TimelineLinkProps): ReactElement | null {
  const [trace] = traces;
  if (trace === undefined || traces.length > 1 || side.spanCount === 0) return null;
  return (
    <a
      className="button"
      href={traceHref(trace.traceId, `"${path.operation}"`)}
      onClick={followLink}
    >
      {compareText.timelineOf(letter)}
    </a>
  );
}
