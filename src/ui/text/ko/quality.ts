import type { wording as english } from '../en/quality.ts';
import type { Wording } from '../in-language.ts';
import { counted, wholeUnits } from './counting.ts';

/** By their names, which are Jaeger's where it has the check. */
const CHECKS: ReadonlyMap<
  string,
  { readonly name: string; readonly description: (version: string) => string }
> = new Map([
  [
    'HasClientServerSpans',
    {
      name: '클라이언트·서버 스팬 쌍',
      description: () =>
        '호출 양쪽에 스팬이 있습니다. 클라이언트 스팬 아래에는 서버 스팬이, 호출된 서버 스팬 위에는 클라이언트 스팬이 있습니다.',
    },
  ],
  [
    'HasParentSpan',
    { name: '부모 스팬', description: () => '부모 스팬이 같은 트레이스에 있습니다.' },
  ],
  [
    'UniqueSpanId',
    {
      name: '고유한 스팬 ID',
      description: () =>
        '같은 트레이스에 ID가 같은 다른 스팬이 없습니다. Zipkin처럼 호출 양쪽이 ID를 함께 쓰는 것은 괜찮습니다.',
    },
  ],
  [
    'NoClockSkew',
    { name: '시계 오차 없음', description: () => '스팬이 부모보다 먼저 시작하지 않습니다.' },
  ],
  [
    'HasNonNegativeDuration',
    { name: '음수가 아닌 소요 시간', description: () => '스팬이 시작 전에 끝나지 않습니다.' },
  ],
  [
    'MinimumClientVersion',
    {
      name: '최소 클라이언트 버전',
      description: (version: string) =>
        `${version} 이상의 OpenTelemetry SDK로 만든 스팬입니다. Jaeger 자체 클라이언트는 지원이 끝났습니다.`,
    },
  ],
]);
const CATEGORIES = new Map([
  ['Completeness', '완전성'],
  ['Correctness', '정확성'],
  ['Clients', '클라이언트'],
]);
const SCORES = new Map([
  ['QUALITY', '트레이스 품질'],
  ['COMPLETENESS', '완전성'],
]);
const BANNERS = new Map([
  [
    'No traces of this service were found in this time.',
    '이 기간에 이 서비스의 트레이스가 없습니다.',
  ],
]);

export const wording: Wording<typeof english> = {
  chooseService: '서비스 선택',
  chooseHint:
    '서비스의 최근 트레이스를 검사합니다. 호출 양쪽의 스팬이 있는지, 부모가 도착했는지, ID가 고유한지, 시계가 맞는지 확인합니다.',
  lookback: '조회 기간',
  hours: (hours) => `최근 ${wholeUnits(hours * 3_600)}`,
  loading: (service) => `${service}의 최근 트레이스를 검사하는 중…`,
  noService: '아직 스팬을 보낸 서비스가 없습니다',
  scores: '점수',
  score: (label, value, max) => `${label}: ${max}점 만점에 ${value}점`,
  aboutScores: '점수 설명',
  checks: '검사 항목',
  weight: (weight) => `가중치 ${weight}`,
  aboutCheck: '검사 설명',
  passed: '통과',
  failed: '실패',
  exempt: '판정 제외',
  share: (check, share) => `${check}: 판정한 스팬 중 ${share} 통과`,
  noScore: (label) => `${label}: 판정할 스팬 없음`,
  nothingJudged: '판정할 스팬 없음',
  examples: (kind, count) => `${kind}: ${counted('예시', count)}`,
  example: (traceId, spans) => `트레이스 ${traceId}, ${counted('스팬', spans)}`,
  clients: '클라이언트 버전',
  clientVersion: '버전',
  clientMinimum: '최소 버전',
  clientSpans: '스팬',
  clientExamples: '예시',
  checkName: (name) => CHECKS.get(name)?.name ?? name,
  category: (category) => CATEGORIES.get(category) ?? category,
  description: (checkName, description) => {
    const [version = ''] = /\d+(?:\.\d+)+/.exec(description) ?? [];
    return CHECKS.get(checkName)?.description(version) ?? description;
  },
  scoreLabel: (key, label) => SCORES.get(key) ?? label,
  banner: (banner) => BANNERS.get(banner) ?? banner,
  noClients: '클라이언트를 밝힌 스팬이 없습니다.',
};
