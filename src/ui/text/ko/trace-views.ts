import type { wording as english } from '../en/trace-views.ts';
import type { Wording } from '../in-language.ts';

export const wording: Wording<typeof english> = {
  showWhole: (name) => `${name} 전체 보기`,
  clearField: (name) => `지우기: ${name}`,
};
