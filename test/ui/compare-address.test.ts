import { describe, expect, it } from 'vitest';
import {
  compareHref,
  distinct,
  readCompareAddress,
} from '../../src/ui/pages/compare/compare-address.ts';

const A = 'aaaa000000000001';
const B = 'bbbb000000000002';
const C = 'cccc000000000003';

describe('the address of a comparison', () => {
  it("is Jaeger's for two traces and their cohort", () => {
    const address = readCompareAddress(`${A}...${B}`, `?cohort=${A}&cohort=${C}`);
    expect(address.a).toEqual({ traceIds: [A], search: '' });
    expect(address.b).toEqual({ traceIds: [B], search: '' });
    expect(address.cohort).toEqual([A, B, C]);
    expect([address.view, address.metric, address.find]).toEqual(['graph', 'count', '']);
  });

  it.each([
    ['...', [], []],
    [`${A}...`, [A], []],
    [`...${B}`, [], [B]],
    [A, [A], []],
    ['', [], []],
  ])('may leave traces open: %s', (id, a, b) => {
    const address = readCompareAddress(id, '');
    expect([address.a.traceIds, address.b.traceIds]).toEqual([a, b]);
  });

  it('names groups and searches beside the pair, and comes back as it was', () => {
    const href = compareHref({
      a: { traceIds: [A, C], search: '' },
      b: { traceIds: [], search: 'service=cart&minDuration=1s' },
      cohort: [],
      view: 'table',
      metric: 'duration',
      find: 'db get',
    });
    expect(href).toBe(
      `trace/${A}...?cohort=${A}&cohort=${C}&a=${C}&searchB=service%3Dcart%26minDuration%3D1s&view=table&by=duration&uiFind=db+get`,
    );
    const url = new URL(href, 'http://x/');
    expect(readCompareAddress(url.pathname.slice('/trace/'.length), url.search)).toEqual({
      a: { traceIds: [A, C], search: '' },
      b: { traceIds: [], search: 'service=cart&minDuration=1s' },
      cohort: [A, C],
      view: 'table',
      metric: 'duration',
      find: 'db get',
    });
  });

  it('says nothing of what is as usual', () => {
    expect(compareHref(readCompareAddress('...', ''))).toBe('trace/...');
  });

  it('takes a trace once, however its id is written', () => {
    expect(distinct([A, `0000000000000000${A.toUpperCase()}`, ' ', B, B])).toEqual([A, B]);
  });

  it('bounds the traces of a side', () => {
    const many = Array.from({ length: 80 }, (_, i) => `a=${i.toString(16).padStart(16, '0')}`);
    expect(readCompareAddress('...', `?${many.join('&')}`).a.traceIds).toHaveLength(50);
  });

  it('takes what is not encoded well as it is', () => {
    expect(readCompareAddress('%zz...', '').a.traceIds).toEqual(['%zz']);
  });
});
