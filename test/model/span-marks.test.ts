import { describe, expect, it } from 'vitest';
import { calledService } from '../../src/model/called-service.ts';
import { spanPills } from '../../src/model/span-pills.ts';
import { spanType } from '../../src/model/span-type.ts';
import type { TextAttribute } from '../../src/model/timeline-span.ts';
import { buildTraceTree } from '../../src/model/trace-tree.ts';
import { aTimelineSpan } from './timeline-spans.ts';

const attributes = (record: Record<string, string>): readonly TextAttribute[] =>
  Object.entries(record).map(([key, value]) => ({ key, value }));

describe('spanType', () => {
  it.each([
    [{ 'http.method': 'GET' }, 'http'],
    [{ 'http.request.method': 'GET', 'db.system': 'redis' }, 'db'],
    [{ 'messaging.system': 'kafka' }, 'messaging'],
    [{ 'rpc.system': 'grpc' }, 'rpc'],
    [{ 'http.method': 'POST', 'faas.trigger': 'http' }, 'faas'],
    [{ 'http.method': 'POST', 'gen_ai.system': 'openai' }, 'genai'],
    [{ 'my.http.method': 'GET' }, undefined],
    [{}, undefined],
  ])('of %j is %s', (record, type) => {
    expect(spanType(attributes(record))).toBe(type);
  });
});

describe('spanPills', () => {
  it('reads old and new names of attributes in one order', () => {
    const pills = spanPills(
      attributes({
        'gen_ai.request.model': 'm-1',
        'db.system.name': 'postgresql',
        'http.request.method': 'GET',
        'http.response.status_code': '503',
        'rpc.system': '',
      }),
    );
    expect(pills).toEqual([
      { name: 'http.status_code', value: '503', isError: true },
      { name: 'http.method', value: 'GET', isError: false },
      { name: 'db.system', value: 'postgresql', isError: false },
      { name: 'gen_ai.request.model', value: 'm-1', isError: false },
    ]);
  });

  it.each([
    ['200', false],
    ['404', false],
    ['500', true],
    ['5000', false],
  ])('a status of %s is an error: %s', (status, isError) => {
    expect(spanPills(attributes({ 'http.status_code': status }))[0]?.isError).toBe(isError);
  });
});

describe('calledService', () => {
  const client = aTimelineSpan('01', { kind: 'client' });
  const server = aTimelineSpan('02', {
    parentSpanId: '01',
    kind: 'server',
    process: { serviceName: 'cart', tags: [] },
  });
  const called = (
    spans: readonly ReturnType<typeof aTimelineSpan>[],
    tags: Record<string, string> = {},
  ): unknown => {
    const rows = buildTraceTree(spans);
    const [row] = rows;
    return row?.type === 'span' ? calledService(rows, row, attributes(tags)) : 'no span';
  };

  it('is that of the only child when a client called a server', () => {
    expect(called([client, server])).toEqual({ name: 'cart', isInstrumented: true });
    expect(called([{ ...client, kind: '' }, server])).toBeUndefined();
    expect(called([client, { ...server, kind: 'internal' }])).toBeUndefined();
    expect(called([client, server, { ...server, spanId: '03' }])).toBeUndefined();
  });

  it('is the named peer when it has sent nothing itself', () => {
    const peer = { 'peer.service': 'redis' };
    expect(called([client], peer)).toEqual({ name: 'redis', isInstrumented: false });
    expect(called([{ ...client, kind: 'producer' }], peer)).toEqual({
      name: 'redis',
      isInstrumented: false,
    });
    expect(called([{ ...client, kind: 'server' }], peer)).toBeUndefined();
    expect(called([client])).toBeUndefined();
    expect(called([client, server], peer)).toEqual({ name: 'cart', isInstrumented: true });
  });
});
