import type { Wording } from '../in-language.ts';
import type { wording as english } from '../en/graph.ts';

export const wording: Wording<typeof english> = {
  keys: 'Tab으로 노드 간 이동, Enter로 열기, 화살표 키로 화면 이동, +와 −로 확대·축소, 0으로 전체 보기, 한 번 더 누르면 처음 위치로.',
  tools: '확대·축소',
  zoomIn: '확대',
  zoomOut: '축소',
  fit: '전체 보기',
  layingOut: (nodes) => `노드 ${nodes}개를 배치하는 중…`,
  layoutFailed: (reason) => `그래프를 배치하지 못했습니다: ${reason}`,
  connections: (count) => `연결 ${count}개`,
  connection: (from, to, label) => (label === '' ? `${from} → ${to}` : `${from} → ${to}: ${label}`),
};
