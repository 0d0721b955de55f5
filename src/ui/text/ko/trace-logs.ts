import type { wording as english } from '../en/trace-logs.ts';
import type { Wording } from '../in-language.ts';
import { counted } from './counting.ts';

export const wording: Wording<typeof english> = {
  title: '트레이스의 이벤트',
  waiting: '모든 스팬의 이벤트를 모으는 중…',
  filter: '이벤트 필터',
  filterPlaceholder: 'timeout level=error',
  shown: (shown, all) =>
    shown === all
      ? counted('이벤트', all)
      : `${counted('이벤트', all)} 중 ${shown.toLocaleString('ko')}개`,
  noEvents: '이 트레이스의 스팬에는 이벤트가 없습니다.',
  noMatch: '필터와 일치하는 이벤트가 없습니다.',
  since: '경과',
  sinceHint: '트레이스 시작 이후',
  time: '시각',
  operationHint: '타임라인의 해당 스팬으로 이동',
  event: '이벤트',
};
