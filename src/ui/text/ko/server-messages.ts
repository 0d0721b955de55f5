/** What the query service says in English, and the same in Korean; `$1` is what the first group has. */
const KNOWN: readonly (readonly [said: RegExp, korean: string])[] = [
  [/^trace not found$|^No traces found$/, '해당 트레이스가 없습니다'],
  [
    /^too many requests at once \((.+)\)$/,
    '동시 요청이 너무 많습니다($1). 잠시 후 다시 시도하세요',
  ],
  [
    /^the request took longer than (\S+) \((\d+) ms\)$/,
    '요청이 제한 시간을 넘었습니다($1: $2ms). 조회 기간을 줄여 보세요',
  ],
  [
    /^the answer would be larger than (\S+) \((\d+) bytes\).*/,
    '응답이 너무 큽니다($1: $2바이트). 조회 기간을 좁히거나 결과 수를 줄이세요',
  ],
  [
    /^these are more than (\d+) spans \((.+)\).*/,
    '스팬이 $1개를 넘습니다($2). 조회 기간을 좁히거나 결과 수를 줄이세요',
  ],
  [/^the body is larger than (\S+) \((\d+) bytes\)$/, '요청 본문이 너무 큽니다($1: $2바이트)'],
  [/^limit (\d+) is above the maximum of (\d+) \((.+)\)$/, '결과 수는 최대 $2입니다($3, 요청: $1)'],
  [/^more than (\d+) trace IDs \((.+)\)$/, '트레이스 ID가 $1개를 넘습니다($2)'],
  [
    /^'maxDuration' should be greater than 'minDuration'$|^durations? max must not be below .*$/,
    '최대 소요 시간은 최소 소요 시간보다 길어야 합니다',
  ],
  [
    /^query\.startTimeMin must be before query\.startTimeMax$/,
    '조회 기간의 시작은 끝보다 앞이어야 합니다',
  ],
  [
    /^query\.serviceName is required.*|^parameter 'service' is required$/,
    '이 저장소는 서비스로만 트레이스를 찾습니다. 서비스를 선택하세요',
  ],
  [
    /^filter: this storage does not search by operators$/,
    '이 저장소는 연산자 조건을 지원하지 않습니다',
  ],
  [
    /this storage does not search page by page$/,
    '이 저장소는 다음 페이지 조회를 지원하지 않습니다',
  ],
  [/^this storage does not list attributes$/, '이 저장소는 속성 목록을 제공하지 않습니다'],
  [/(".+") is no duration such as (.+) or (.+)$/, '$1은(는) 소요 시간이 아닙니다(예: $2, $3)'],
  [/(\S+) needs a number, not (".*")$/, '$1에는 숫자가 필요합니다: $2'],
  [/(".*") is not one of (.+)$/, '$1은(는) 쓸 수 없습니다. 가능한 값: $2'],
  [/unknown operator (".*")$/, '알 수 없는 연산자: $1'],
  [/more than (\d+) conditions$/, '조건은 최대 $1개입니다'],
  [/a duration has no pattern$/, '소요 시간에는 패턴을 쓸 수 없습니다'],
  [/^metrics querying is currently disabled$/, '메트릭 저장소가 설정되지 않았습니다'],
  [
    /^failed executing metrics query: the metrics store does not answer: (.*)$/s,
    '메트릭 저장소가 응답하지 않습니다: $1',
  ],
  [/^failed executing metrics query: (.*)$/s, '메트릭 조회에 실패했습니다: $1'],
  [/^archive span storage was not configured$/, '보관용 저장소가 설정되지 않았습니다'],
  [/^the archive refused spans: (.*)$/s, '보관용 저장소가 스팬을 거부했습니다: $1'],
  [/^cannot unmarshal OTLP : (.*)$/s, 'OTLP로 읽을 수 없습니다: $1'],
  [/^Bad Request$/, '잘못된 요청'],
  [/^Not Found$/, '없는 주소'],
  [/^Internal Server Error$/, '서버 내부 오류'],
  [/^Not Implemented$/, '지원하지 않는 기능'],
  [/^Bad Gateway$/, '게이트웨이 오류'],
  [/^Service Unavailable$/, '서비스를 사용할 수 없음'],
  [/^Gateway Timeout$/, '게이트웨이 시간 초과'],
];

/** What is not known stays as it was said. */
export function serverMessage(said: string): string {
  for (const [pattern, korean] of KNOWN) {
    if (pattern.test(said)) return said.replace(pattern, korean);
  }
  return said;
}
