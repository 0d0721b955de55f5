import type { wording as english } from '../en/upload.ts';
import type { Wording } from '../in-language.ts';
import { counted } from './counting.ts';

export const wording: Wording<typeof english> = {
  uploadHint: '파일을 여기에 놓거나',
  uploadChoose: '파일 선택',
  uploadForms: (megabytes) =>
    `${megabytes}MB까지의 .json, .jsonl: Jaeger JSON 또는 OTLP JSON, 객체 하나 또는 줄마다 하나.`,
  uploadPrivate:
    'Jaeger JSON은 이 브라우저를 떠나지 않습니다. OTLP JSON은 쿼리 서비스가 변환하지만 저장하지는 않습니다.',
  uploadReading: (name) => `${name} 읽는 중…`,
  uploadClear: '모두 지우기',
  uploadFiles: '파일',
  uploadRead: (count) => counted('트레이스', count),
  uploadTooLarge: (megabytes) => `${megabytes}MB보다 큽니다. 파일을 나누거나 컬렉터로 보내세요.`,
  uploadEmpty: '빈 파일입니다.',
  uploadNoJson: (where) => `JSON이 아닙니다${where}.`,
  uploadAtLine: (line) => `(처음 발견: ${line}번째 줄)`,
  uploadLines: (count, where) => `JSON이 아닌 ${count}줄을 제외했습니다${where}.`,
  uploadUnknown:
    'Jaeger JSON도 OTLP JSON도 아닙니다. traceID와 spans 또는 resourceSpans가 있어야 합니다.',
  uploadBroken: (count) => `ID나 스팬이 없는 ${counted('트레이스', count)}를 제외했습니다.`,
  uploadTimes: (count) =>
    `${counted('트레이스', count)}를 제외했습니다. 스팬의 startTime과 duration은 마이크로초 단위의 숫자여야 합니다(startTime은 1970년 기준).`,
  uploadNone: '이 파일에는 트레이스가 없습니다.',
};
