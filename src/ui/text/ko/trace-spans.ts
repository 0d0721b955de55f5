import type { wording as english } from '../en/trace-spans.ts';
import type { Wording } from '../in-language.ts';
import { counted } from './counting.ts';

export const wording: Wording<typeof english> = {
  title: '트레이스의 스팬',
  waiting: '스팬 목록을 만드는 중…',
  spanId: '스팬 ID',
  spanIdHint: '타임라인의 해당 스팬으로 이동',
  duration: '소요 시간',
  start: '시작',
  startHint: '트레이스 시작 이후',
  failed: '실패',
  shown: (shown, all) =>
    shown === all
      ? counted('스팬', all)
      : `${counted('스팬', all)} 중 ${shown.toLocaleString('ko')}개`,
  none: '선택한 서비스와 오퍼레이션에 해당하는 스팬이 없습니다.',
  all: '전체',
  chosenCount: (count) => `${count.toLocaleString('ko')}개 선택`,
  chooseAll: '전체 다시 표시',
  narrowNames: (label) => `${label} 찾기`,
  moreNames: (count) => `${count.toLocaleString('ko')}개 더 있음. 입력해서 좁히세요`,
};
