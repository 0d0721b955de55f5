import type { wording as english } from '../en/start.ts';
import type { Wording } from '../in-language.ts';
import { counted, wholeUnits } from './counting.ts';

export const wording: Wording<typeof english> = {
  title: '트레이스 찾기',
  hint: (seconds) =>
    seconds === undefined
      ? '서비스를 선택하면 지정한 기간의 트레이스를 보여줍니다.'
      : `서비스를 선택하면 최근 ${wholeUnits(seconds)}의 트레이스를 보여줍니다.`,
  boxLabel: '트레이스 ID, 서비스 또는 조건',
  boxPlaceholder: '트레이스 ID, 서비스 또는 service:cart error=true dur>200ms',
  sampled: (count, seconds) =>
    `최근 ${wholeUnits(seconds)}의 최신 ${counted('트레이스', count)} 기준입니다.`,
  noneRecent: '최근 1시간 동안 트레이스가 없습니다.',
  tableCaption: '서비스',
  columns: {
    service: '서비스',
    rate: '트레이스/초',
    rateHint: '이 서비스의 스팬이 있는 초당 트레이스 수',
    errors: '오류',
    errorsHint: '그중 이 서비스의 스팬이 실패한 트레이스의 비율',
    p50: 'p50',
    p95: 'p95',
    durationHint: '트레이스 소요 시간: 50%, 95%가 이 값을 넘지 않음',
    seen: '마지막 수신',
  },
  trendLabel: (share, shortest, longest) => `${share} 추이, ${shortest}~${longest}`,
  firstTitle: '아직 트레이스가 없습니다',
  firstHint: '첫 스팬이 도착하면 이 화면이 자동으로 바뀝니다.',
  firstSdk: 'OpenTelemetry SDK나 에이전트: 아래와 같이 설정하고 애플리케이션을 시작하세요',
  firstCurl: '또는 셸에서 스팬 하나를 보내 보세요',
  example: '예시 트레이스 열기',
  exampleHint: '브라우저에서 만든 예시입니다. 결제를 두 번 시도한 주문을 보여줍니다.',
  firstPorts: '컬렉터의 기본 포트는 4317(OTLP gRPC), 4318(OTLP HTTP), 14268(Jaeger Thrift)입니다.',
  firstCluster: '클러스터에서는 인스턴스의 컬렉터 서비스를 호스트로 쓰세요.',
};
