import { wholeNumber } from '../../number-text.ts';
import type { wording as english } from '../en/architecture.ts';
import type { Wording } from '../in-language.ts';
import { wholeUnits } from './counting.ts';

const percentages = new Intl.NumberFormat('ko', { style: 'percent', maximumFractionDigits: 1 });

export const wording: Wording<typeof english> = {
  loading: '서비스 간 호출을 불러오는 중…',
  allServices: '모든 서비스',
  focalService: '중심 서비스',
  depth: '깊이',
  depthHint: '중심 서비스에서 가장 먼 서비스까지의 호출 단계 수',
  levels: (count) => `${count}단계`,
  layout: '보기',
  layouts: { hierarchical: '계층', force: '힘 기반', table: '표' },
  lookback: '조회 기간',
  lastRange: (seconds) => `최근 ${wholeUnits(seconds)}`,
  find: '서비스 찾기',
  findPlaceholder: '이름 일부',
  found: (found, all) => `${wholeNumber(all)}개 중 ${wholeNumber(found)}개`,
  reset: '초기화',
  tooManyLinks: (links, max) =>
    `연결이 ${wholeNumber(links)}개로, 계층으로 그리는 한도 ${wholeNumber(max)}개를 넘습니다. 계층으로 보려면 중심 서비스를 고르거나 깊이를 줄이세요.`,
  graphLabel: (services, links) => `서비스 ${services}개와 연결 ${links}개의 그래프`,
  traffic: ({ callsIn, callers, callsOut, callees }) =>
    [
      callers > 0 ? `서비스 ${wholeNumber(callers)}개가 ${wholeNumber(callsIn)}회 호출` : '',
      callees > 0 ? `서비스 ${wholeNumber(callees)}개를 ${wholeNumber(callsOut)}회 호출` : '',
    ]
      .filter((part) => part !== '')
      .join(', '),
  callsIn: (calls) => `수신 ${calls}`,
  callsOut: (calls) => `발신 ${calls}`,
  link: (parent, child, calls) => `${parent} → ${child}: 호출 ${wholeNumber(calls)}회`,
  tableCaption: '서비스 간 호출',
  caller: '호출하는 서비스',
  callee: '호출되는 서비스',
  calls: '호출 수',
  share: '비율',
  shareHint: '호출하는 서비스의 전체 호출 대비',
  percent: (share) => percentages.format(share),
  focus: (name) => `${name} 중심으로 보기`,
  focusOn: '중심',
  findTraces: '트레이스 찾기',
  deepDependencies: '심층 의존성',
  focusHint: '서비스를 선택하면 그 주변만 표시합니다.',
  showAll: '모든 서비스 보기',
  notThereTitle: (service) => `${service}: 호출 관계가 없습니다`,
  notThereHint:
    '이 기간에는 호출하거나 호출된 기록이 없습니다. 기간을 늘리거나 모든 서비스를 보세요.',
  emptyTitle: '서비스 간 호출이 없습니다',
  emptyHint: (seconds) =>
    `최근 ${wholeUnits(seconds)} 동안 부모가 다른 서비스에 있는 스팬이 없었습니다. 호출하는 쪽과 호출되는 쪽이 같은 트레이스의 스팬을 보내면 바로 여기에 나타납니다.`,
  emptyPropagation:
    '서비스가 스팬을 보내는데도 연결되지 않는다면 서비스 사이에서 트레이스 컨텍스트가 끊긴 것입니다. 호출하는 쪽은 traceparent 헤더를 보내고, 받는 쪽은 그 헤더를 읽게 하세요.',
  emptyLonger: (seconds) => `최근 ${wholeUnits(seconds)} 보기`,
  emptySearch: '수신된 트레이스 보기',
};
