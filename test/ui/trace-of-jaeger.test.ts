import { describe, expect, it } from 'vitest';
import { timelineTraceOfJaeger } from '../../src/ui/api/trace-of-jaeger.ts';

const reference = (refType: string, spanID: string, traceID = 'ab'): object => ({
  ...{ refType, traceID, spanID },
});

describe('timelineTraceOfJaeger', () => {
  it('takes the child-of reference as the parent and keeps the others as links', () => {
    const [span] = timelineTraceOfJaeger({
      traceID: 'ab',
      processes: { p1: { serviceName: 'shop', tags: [{ key: 'ip', value: 7 }] } },
      spans: [
        {
          ...{ traceID: 'ab', spanID: '02', operationName: 'pay', processID: 'p1' },
          ...{ startTime: 5, duration: 3 },
          references: [reference('FOLLOWS_FROM', '03'), reference('CHILD_OF', '01')],
          tags: [{ key: 'error', type: 'bool', value: true }],
          logs: [{ timestamp: 6, fields: [{ key: 'event', value: 'retry' }] }],
        },
      ],
    }).spans;
    expect(span).toEqual({
      ...{ spanId: '02', parentSpanId: '01', operationName: 'pay', startUs: 5, durationUs: 3 },
      ...{ isError: true, kind: '', tags: [{ key: 'error', value: 'true' }] },
      process: { serviceName: 'shop', tags: [{ key: 'ip', value: '7' }] },
      events: [{ timeUs: 6, fields: [{ key: 'event', value: 'retry' }] }],
      references: [{ kind: 'follows-from', traceId: 'ab', spanId: '03' }],
      warnings: [],
    });
  });

  it('puts a span below the one it follows only when it has no parent, and keeps the link', () => {
    const follows = [reference('FOLLOWS_FROM', '03')];
    const { spans } = timelineTraceOfJaeger({
      traceID: 'ab',
      spans: [
        { traceID: 'ab', spanID: '02', references: follows },
        { traceID: 'ab', spanID: '04', parentSpanID: '01', references: follows },
      ],
    });
    expect(spans.map(({ parentSpanId }) => parentSpanId)).toEqual(['03', '01']);
    const link = { kind: 'follows-from', traceId: 'ab', spanId: '03' };
    expect(spans.map(({ references }) => references)).toEqual([[link], [link]]);
  });

  it('leaves a span without a parent whose references all lead to other traces', () => {
    const trace = timelineTraceOfJaeger({
      traceID: 'ab',
      spans: [{ traceID: 'ab', spanID: '02', references: [reference('CHILD_OF', '01', 'cd')] }],
    });
    expect(trace.spans[0]?.parentSpanId).toBe('');
    expect(trace.spans[0]?.references).toEqual([{ kind: 'child-of', traceId: 'cd', spanId: '01' }]);
  });

  it('refuses what is no object', () => {
    expect(() => timelineTraceOfJaeger([])).toThrow(/./);
  });
});
