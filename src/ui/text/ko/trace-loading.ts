import type { wording as english } from '../en/trace-loading.ts';
import type { Wording } from '../in-language.ts';

export const wording: Wording<typeof english> = {
  cutOff: (count) =>
    `스팬 ${count.toLocaleString('ko')}개를 받은 뒤 트레이스를 다 받기 전에 연결이 끊어졌습니다. 다시 시도하세요.`,
  notWhole: (reason) => `트레이스 전체가 아닙니다: ${reason}`,
};
