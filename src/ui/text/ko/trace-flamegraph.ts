import type { wording as english } from '../en/trace-flamegraph.ts';
import type { Wording } from '../in-language.ts';

export const wording: Wording<typeof english> = {
  title: '트레이스 플레임 그래프',
  waiting: '경로가 같은 스팬을 합치는 중…',
  layout: '표시 방식',
  layouts: { both: '모두', table: '표', flamegraph: '플레임 그래프' },
  find: '서비스 또는 오퍼레이션 찾기',
  actions: '선택한 상자',
  collapseAbove: '상위 접기',
  highlightSimilar: '같은 이름 강조',
  reset: '초기화',
  copyName: '이름 복사',
  chart: '플레임 그래프',
  keys: '화살표 키로 상자 사이를 이동하고 Enter로 확대하며 Escape로 전체를 다시 표시합니다. 표에 같은 수치가 있습니다.',
  hint: '너비는 스팬 자체와 그 아래에서 쓴 시간입니다. 상자를 가리키면 수치가 표시되고, 클릭하거나 Enter를 누르면 확대됩니다.',
  shareOf: (share) => `트레이스 작업의 ${share}`,
  table: '오퍼레이션별 시간',
  name: '서비스와 오퍼레이션',
  count: '개수',
  self: '자체',
  selfHint: '하위 스팬이 실행되지 않은 시간',
  total: '합계',
  totalHint: '스팬과 모든 하위 스팬의 자체 시간의 합. 같은 이름이 중첩되면 바깥쪽만 더합니다',
  noMatch: '일치하는 오퍼레이션이 없습니다.',
};
