import { describe, expect, it } from 'vitest';
import { QUALITY_CHECKS } from '../../src/model/quality-checks.ts';
import { wording as common } from '../../src/ui/text/ko/common.ts';
import { wording as quality } from '../../src/ui/text/ko/quality.ts';

const HANGUL = /[가-힣]/;

describe('Korean words for what the query service says', () => {
  it.each(QUALITY_CHECKS.map((check) => [check.name, check] as const))(
    'are there for the check %s',
    (name, { category, description }) => {
      expect(quality.checkName(name)).toMatch(HANGUL);
      expect(quality.category(category)).toMatch(HANGUL);
      expect(quality.description(name, description)).toMatch(HANGUL);
    },
  );

  it('keep the version that a check asks for', () => {
    const description = 'Spans are made by an OpenTelemetry SDK of at least 1.0.0.';
    expect(quality.description('MinimumClientVersion', description)).toMatch(/^1\.0\.0 이상의/);
  });

  it('leave checks and scores of other services as they are', () => {
    expect(quality.checkName('HasOwner')).toBe('HasOwner');
    expect(quality.description('HasOwner', 'Somebody owns it.')).toBe('Somebody owns it.');
    expect(quality.scoreLabel('OWNED', 'Ownership')).toBe('Ownership');
    expect(quality.banner('Ask us.')).toBe('Ask us.');
    expect(quality.scoreLabel('QUALITY', 'Trace Quality')).toBe('트레이스 품질');
  });

  it.each([
    [404, 'trace not found', '해당 트레이스가 없습니다'],
    [
      504,
      'the request took longer than query.timeout (30000 ms)',
      '요청이 제한 시간을 넘었습니다(query.timeout: 30000ms). 조회 기간을 줄여 보세요',
    ],
    [
      400,
      'limit 9000 is above the maximum of 1500 (query.max-traces)',
      '결과 수는 최대 1500입니다(query.max-traces, 요청: 9000)',
    ],
    [501, 'Not Implemented', '지원하지 않는 기능'],
    [500, 'archive span storage was not configured', '보관용 저장소가 설정되지 않았습니다'],
    [500, 'the disk is made of cheese', 'the disk is made of cheese'],
  ])('tell of status %i: %s', (status, said, korean) => {
    expect(common.failedStatus(status, said)).toBe(
      `쿼리 서비스가 ${status} 응답을 보냈습니다: ${korean}`,
    );
  });
});
