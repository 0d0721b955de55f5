import { describe, expect, it } from 'vitest';
import { parseFind } from '../../src/model/find-spans.ts';
import { eventParts, gatherLogs, gatherMatchingLogs } from '../../src/model/trace-logs.ts';
import { buildTraceTree } from '../../src/model/trace-tree.ts';
import { aTimelineSpan } from './timeline-spans.ts';

const at = (timeUs: number, fields: Readonly<Record<string, string>>) => ({
  timeUs,
  fields: Object.entries(fields).map(([key, value]) => ({ key, value })),
});
const ROWS = buildTraceTree([
  aTimelineSpan('1', {
    operationName: 'GET',
    events: [at(900, { event: 'sent', size: '12' }), at(100, { event: 'received' })],
  }),
  aTimelineSpan('2', { parentSpanId: '1', events: [at(500, { level: 'warn', message: 'Slow' })] }),
  aTimelineSpan('3', { parentSpanId: 'gone', events: [at(100, { event: 'lost' })] }),
]);

function logs() {
  const gathering = gatherLogs();
  for (const row of ROWS) gathering.add(row);
  return gathering.result();
}
function matching(find: string): readonly number[] {
  const gathering = gatherMatchingLogs(parseFind(find));
  for (const log of logs()) gathering.add(log);
  return gathering.result().map(({ timeUs }) => timeUs);
}

describe('the logs of a trace', () => {
  it('are all events in the order of their time, those of one moment in the order of the spans', () => {
    expect(logs().map(({ row, index, timeUs }) => [row.span.spanId, index, timeUs])).toEqual([
      ['1', 1, 100],
      ['3', 0, 100],
      ['2', 0, 500],
      ['1', 0, 900],
    ]);
  });

  it('are found by fields, service and operation', () => {
    expect(matching('SLOW')).toEqual([500]);
    expect(matching('size=1 lost')).toEqual([100, 900]);
    expect(matching('get')).toEqual([100, 900]);
    expect(matching('shop')).toHaveLength(4);
    expect(matching('slow -message')).toEqual([]);
    expect(matching('  ')).toHaveLength(4);
    expect(matching('nowhere')).toEqual([]);
  });

  it('tell the name of an event apart from its fields', () => {
    expect(eventParts(at(1, { size: '12', event: 'sent' }))).toEqual({
      name: 'sent',
      fields: [{ key: 'size', value: '12' }],
    });
    expect(eventParts(at(1, { size: '12' }))).toEqual({
      name: '',
      fields: [{ key: 'size', value: '12' }],
    });
    expect(eventParts(undefined)).toEqual({ name: '', fields: [] });
  });
});
