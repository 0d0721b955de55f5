import type { wording as english } from '../en/trace-views.ts';
import type { Wording } from '../in-language.ts';

export const wording: Wording<typeof english> = {
  showWhole: (name) => `${name} 전체 보기`,
  totalOf: (duration) => `합계 ${duration}`,
  selfOf: (duration) => `자체 ${duration}`,
  clearField: (name) => `지우기: ${name}`,
};
