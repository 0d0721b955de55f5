import type { wording as english } from '../en/trace-statistics.ts';
import type { Wording } from '../in-language.ts';

export const wording: Wording<typeof english> = {
  title: '트레이스 통계',
  waiting: '모든 스팬의 시간을 합산하는 중…',
  groupBy: '그룹 기준',
  subGroupBy: '하위 그룹',
  noSubGroup: '없음',
  colorBy: '막대로 비교',
  noColor: '숫자만',
  metrics: {
    count: '개수',
    total: '합계',
    avg: '평균',
    min: '최소',
    max: '최대',
    p50: 'p50',
    p95: 'p95',
    selfTotal: '자체 합계',
    selfAvg: '자체 평균',
    selfMin: '자체 최소',
    selfMax: '자체 최대',
    selfShare: '자체 비율',
  },
  hints: {
    total: '소요 시간의 합. 동시에 실행된 스팬도 각각 더합니다',
    p50: '스팬의 절반이 이 시간 안에 끝났습니다',
    p95: '스팬의 95%가 이 시간 안에 끝났습니다',
    selfTotal: '하위 스팬이 실행되지 않은 시간의 합',
    selfShare: '합계에서 자체 시간이 차지하는 비율',
  },
  without: (tag) => `${tag} 없음`,
  emptyName: '빈 값',
};
