import type { wording as english } from '../en/quality.ts';
import type { Wording } from '../in-language.ts';
import { counted, wholeUnits } from './counting.ts';

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
  noClients: '클라이언트를 밝힌 스팬이 없습니다.',
};
