import { durationText } from '../../../model/duration-text.ts';
import {
  type Change,
  type ChangeKind,
  type ChangeMetric,
  changeKind,
  changeShare,
  type DiffPath,
  notableKind,
  TRACES_MIN,
} from '../../../model/trace-diff.ts';
import { compareText } from '../../text/compare-text.ts';
import { currentLanguage } from '../../text/language.ts';

const counts = new Intl.NumberFormat(currentLanguage(), { maximumFractionDigits: 2 });
const shares = new Intl.NumberFormat(currentLanguage(), {
  style: 'percent',
  maximumSignificantDigits: 2,
});
const signedCounts = new Intl.NumberFormat(currentLanguage(), {
  maximumFractionDigits: 2,
  signDisplay: 'exceptZero',
});
const signedShares = new Intl.NumberFormat(currentLanguage(), {
  style: 'percent',
  maximumFractionDigits: 0,
  signDisplay: 'exceptZero',
});
const signedPoints = new Intl.NumberFormat(currentLanguage(), {
  maximumSignificantDigits: 2,
  signDisplay: 'exceptZero',
});
/** Where a side has nothing to measure. */
export const NONE = '–';
const MINUS = '−';

/** Spans in a trace: whole for one trace, a mean for several. */
export function countText(count: number | undefined): string {
  return counts.format(count ?? 0);
}

export function usText(us: number | undefined): string {
  return us === undefined ? NONE : durationText(us);
}

export function shareText(share: number | undefined): string {
  return share === undefined ? NONE : shares.format(share);
}

/** `2`, `1.24 ms` or `12%`: one side of a change. */
export function valueText(value: number | undefined, metric: ChangeMetric): string {
  switch (metric) {
    case 'count':
      return countText(value);
    case 'duration':
      return usText(value);
    case 'errors':
      return shareText(value);
  }
}

/** `+2 (+50%)`, `+1.2 ms (+50%)`, `+3 pp`; '' where nothing has changed or a side has nothing to measure. */
export function differenceText(change: Change, metric: ChangeMetric): string {
  const short = shortDifferenceText(change, metric);
  if (metric !== 'duration' || short === '') return short;
  const difference = (change.b ?? 0) - (change.a ?? 0);
  const size = `${difference > 0 ? '+' : MINUS}${durationText(Math.abs(difference))}`;
  return `${size} (${short})`;
}

/** The same where there is little room: of durations only the share. */
export function shortDifferenceText(change: Change, metric: ChangeMetric): string {
  if (metric !== 'count' && (change.a === undefined || change.b === undefined)) return '';
  const difference = (change.b ?? 0) - (change.a ?? 0);
  if (difference === 0) return '';
  const share = changeShare(change);
  const percent = share === undefined ? '' : signed(signedShares, share);
  switch (metric) {
    case 'count':
      return `${signed(signedCounts, difference)}${percent === '' ? '' : ` (${percent})`}`;
    case 'duration':
      return percent;
    case 'errors':
      return compareText.points(signed(signedPoints, difference * 100));
  }
}

/** With a minus sign that is as wide as the plus. */
function signed(format: Intl.NumberFormat, value: number): string {
  return format.format(value).replace('-', MINUS);
}

/** What has become of a path, in its colour's words. */
export function kindText(path: DiffPath, metric: ChangeMetric): string {
  const change = path[metric];
  const isUnclear = change.certainty === 'chance' && changeKind(change) !== 'same';
  return isUnclear ? compareText.unclear : compareText.kinds[metric][notableKind(change, metric)];
}

/** Colours: what only one side has stands out most; slower and more errors are the bad direction. */
export type Tone = 'same' | 'added' | 'more' | 'less' | 'removed' | 'better' | 'worse';

export function toneOf(path: DiffPath, metric: ChangeMetric): Tone {
  const kind = notableKind(path[metric], metric);
  return metric === 'count' ? kind : QUALITY_TONES[kind];
}

/** The color says nothing about speed where only one side has a path. */
const QUALITY_TONES: Readonly<Record<ChangeKind, Tone>> = {
  same: 'same',
  more: 'worse',
  less: 'better',
  added: 'same',
  removed: 'same',
};

/** `slower in B, more in B`: what is clear of a path of two groups; '' for nothing. */
export function clearChanges(path: DiffPath): string {
  return (['count', 'duration', 'errors'] as const)
    .filter((metric) => path[metric].certainty === 'clear')
    .map((metric) => compareText.kinds[metric][changeKind(path[metric])])
    .join(', ');
}

/** A plain sentence or two on how far a difference of groups can be trusted. */
export function certaintyText(path: DiffPath, metric: ChangeMetric, groups: GroupSizes): string {
  const change = path[metric];
  const sizes = metric === 'count' ? groups : { a: path.a.traceCount, b: path.b.traceCount };
  if (metric !== 'count' && (change.a === undefined || change.b === undefined)) {
    return compareText.onlyIn(change.a === undefined ? 'B' : 'A');
  }
  const values = compareText.statements[metric](
    valueText(change.a, metric),
    valueText(change.b, metric),
  );
  if (changeKind(change) === 'same') return `${values} ${compareText.statementSame}`;
  switch (change.certainty) {
    case 'clear':
      return `${values} ${compareText.clear(sizes.a, sizes.b)}`;
    case 'chance':
      return `${values} ${compareText.chance(sizes.a, sizes.b)}`;
    case 'too-few':
      return `${values} ${compareText.tooFew(sizes.a, sizes.b, TRACES_MIN)}`;
  }
}

/** Traces of each side. */
export interface GroupSizes {
  readonly a: number;
  readonly b: number;
}
