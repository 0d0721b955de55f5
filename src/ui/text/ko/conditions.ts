import type { wording as english } from '../en/conditions.ts';
import type { Wording } from '../in-language.ts';

export const wording: Wording<typeof english> = {
  helpIntro: '모든 조건이 같은 스팬에서 성립해야 합니다.',
  helpRows: [
    ['error=true', '값이 같음; 공백이 있으면 db="select 1"'],
    ['http.status_code>=500', '숫자 비교: >, <, <=도 가능'],
    ['http.route=~"/api/.*"', '패턴(RE2)과 전체 일치; !~는 불일치'],
    ['env!=prod', '값이 있고 이 값이 아님'],
    ['user.id exists', '값이 있음; absent는 값이 없음'],
    ['region in (eu, us)', '이 중 하나'],
    ['(a=1 || b=2)', '둘 중 하나'],
    ['resource.host.name=a', '한 곳만: span, resource, scope, event, link'],
    ['dur>200ms', '이 시간 이상; dur<1s는 이하'],
    ['kind=server status=error', 'name, statusMessage, event:name, trace:duration 등도 가능'],
    ['"status"=500', '필드와 이름이 같은 속성은 따옴표로'],
  ],
  helpEqual: '이 스토리지는 같은 값만 찾을 수 있습니다.',
  helpLogfmt: [
    ['error=true', '값이 같음'],
    ['db="select 1"', '공백이 있으면 따옴표로'],
    ['dur>200ms', '이 시간 이상; dur<1s는 이하'],
  ],
};
