import type { wording as english } from '../en/results.ts';
import type { Wording } from '../in-language.ts';
import { counted, wholeUnits } from './counting.ts';

export const wording: Wording<typeof english> = {
  narrowed: (shown, all) => `${counted('트레이스', all)} 중 ${shown.toLocaleString('ko')}개`,
  badIds: (ids) =>
    `${ids.map((id) => `‘${id}’`).join(', ')}: 트레이스 ID가 아닙니다. 트레이스 ID는 16진수 1~32자리입니다.`,
  badIdsTitle: '표시할 트레이스가 없습니다',
  unread: (conditions) =>
    `읽을 수 없어 제외한 조건: ${conditions.map((one) => `‘${one}’`).join(', ')}`,
  wholeResult: '전체 결과',
  searchThisRange: '이 범위로 검색',
  distribution: '소요 시간',
  distributionTitle: (count) => `${counted('트레이스', count)}의 소요 시간 분포`,
  distributionBar: (count, from, to) => `${from}~${to}: ${counted('트레이스', count)}`,
  sortBy: '정렬',
  sorts: {
    recent: '최신순',
    oldest: '오래된 순',
    longest: '오래 걸린 순',
    shortest: '짧게 걸린 순',
    spans: '스팬 많은 순',
    'least-spans': '스팬 적은 순',
    errors: '오류 많은 순',
    'least-errors': '오류 적은 순',
    name: '이름순',
    'name-reversed': '이름 역순',
  },
  shape: '보기',
  shapes: { list: '목록', table: '표', ddg: '의존 관계' },
  download: '다운로드',
  downloadHint: '이 트레이스 전체를 Jaeger JSON으로',
  plotTitle: (count) =>
    `${counted('트레이스', count)}의 시작 시각과 소요 시간. 아래 목록에 같은 트레이스가 있습니다.`,
  plotCaption: '시작 시각별 소요 시간',
  plotHint: '드래그하여 좁히기',
  plotOk: '오류 없음',
  plotErrors: '오류 있음',
  incompleteHint: (count) => `${counted('스팬', count)}의 부모가 도착하지 않았습니다`,
  uploaded: '업로드됨',
  compare: '비교',
  compareAdd: (name) => `${name}을(를) 비교 대상으로 선택`,
  compareChosen: (count) => `비교 대상 ${count}개`,
  compareOneMore: '비교하려면 하나 더 선택하세요.',
  compareRemove: (name) => `${name} 선택 해제`,
  compareClear: '모두 해제',
  columns: {
    compare: '비교',
    name: '서비스와 오퍼레이션',
    traceId: '트레이스 ID',
    duration: '소요 시간',
    spans: '스팬',
    errors: '오류',
    services: '서비스',
    start: '시작',
  },
  tableCaption: '찾은 트레이스',
  noTracesTitle: '트레이스가 없습니다',
  noTracesHint:
    '이 기간에 모든 조건을 만족하는 트레이스가 없습니다. 기간을 늘리거나 조건을 줄여 보세요.',
  nothingByIdTitle: '해당 트레이스가 없습니다',
  nothingByIdHint: '보관 기간이 지나 삭제되었을 수 있습니다.',
  matchOnly: (count, service) =>
    service === '' ? `조건이 없으면 ${count}` : `${service} 서비스 전체에서는 ${count}`,
  nothingElse: '조건을 하나씩 빼도 찾을 수 없습니다.',
  loosening: '조건을 하나씩 빼고 찾아보는 중…',
  matchWithout: (count, condition) => `${condition} 조건을 빼면 ${count}`,
  matchWithin: (count, seconds) => `최근 ${wholeUnits(seconds)}에서는 ${count}`,
  serviceCondition: (service) => `서비스 ${service}`,
  matchAtLeast: (count, limit) =>
    count >= limit ? `${counted('트레이스', count)} 이상` : counted('트레이스', count),
  uploadsEmptyTitle: '업로드한 파일이 없습니다',
  uploadsEmptyHint:
    '업로드 탭에서 파일을 선택하세요. 업로드한 트레이스는 이 탭을 새로 고칠 때까지만 남아 있습니다.',
};
