import type { wording as english } from '../en/trace-graph.ts';
import type { Wording } from '../in-language.ts';
import { counted } from './counting.ts';

export const wording: Wording<typeof english> = {
  title: '트레이스 그래프',
  waiting: '경로가 같은 스팬을 합치는 중…',
  coloring: '색상 기준',
  colorings: { service: '서비스', total: '전체 시간', self: '자체 시간' },
  paths: (count) => counted('경로', count),
  heaviest: (shown, all) => `${counted('경로', all)} 중 오래 걸린 ${shown.toLocaleString('ko')}개`,
  hint: '상자를 선택하면 수치와 스팬을 볼 수 있습니다.',
  showSpans: '스팬 보기',
  total: '합계',
  avg: '평균',
  self: '자체',
  hidden: (count) => `하위 +${count.toLocaleString('ko')}`,
  edge: (from, to, spans) => `${from} → ${to}: ${spans}.`,
  nonBlocking: '응답을 기다리지 않습니다.',
  help: '그래프 설명',
  helpEntries: [
    ['상자', '같은 서비스와 오퍼레이션을 거쳐 온 모든 스팬과 그 개수(×)입니다.'],
    ['합계, 평균', '소요 시간의 합과 평균입니다. 동시에 실행된 것도 각각 더합니다.'],
    ['자체', '하위 스팬이 실행되지 않은 시간입니다.'],
    ['점선', '컨슈머로 보낸 메시지처럼 응답을 기다리지 않는 호출입니다.'],
    ['테두리', '트레이스에서 찾은 스팬이 들어 있습니다.'],
    ['하위 +', '큰 트레이스는 오래 걸린 경로만 표시하며, 아래에 그만큼 더 있습니다.'],
  ],
};
