import { fireEvent, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { jaegerTrace } from './fixture-trace.ts';
import { openApp } from './open-app.tsx';

const ID = '0af7651916cd43dd8448eb211c80319c';
const PAYLOADS = [
  '<script>globalThis.canary = 1</script>',
  '<img src=x onerror="globalThis.canary = 1">',
  '"><svg onload=globalThis.canary=1>',
  "';globalThis.canary=1//",
  'javascript:globalThis.canary=1',
  'data:text/html,<script>globalThis.canary=1</script>',
  '{{constructor.constructor("globalThis.canary=1")()}}',
  '</textarea><iframe srcdoc="<script>parent.canary=1</script>">',
];

function expectOnlyText(payload: string): void {
  expect(Reflect.get(globalThis, 'canary')).toBeUndefined();
  expect(document.body.textContent).toContain(payload);
  expect(document.body.querySelectorAll('script, iframe, [onerror], [onload]')).toHaveLength(0);
  for (const link of document.body.querySelectorAll('a')) {
    expect(link.protocol).toMatch(/^(https?|mailto):$/);
  }
}

describe.each(PAYLOADS)('span data that says %j', (payload) => {
  it('is text in every place of a trace', async () => {
    const trace = jaegerTrace(ID, [
      {
        id: '01',
        service: payload,
        operation: payload,
        at: 0,
        duration: 10,
        tags: { [payload]: payload, 'span.kind': payload },
        process: { [payload]: payload },
        events: [{ at: 1, fields: { [payload]: payload } }],
        links: [{ traceId: payload, spanId: payload }],
        warnings: [payload],
      },
    ]);
    openApp(`trace/${ID}`, { [`api/traces/${ID}`]: trace });
    await screen.findByRole('treegrid');
    fireEvent.keyDown(document.body, { key: 'j' });
    fireEvent.keyDown(document.body, { key: 'Enter' });
    expectOnlyText(payload);
    expect(document.title).toContain(payload);
  });

  it('is text in the search form and the results', async () => {
    const query = new URLSearchParams({
      service: payload,
      operation: payload,
      minDuration: payload,
    });
    openApp(`search?${query}`, {
      'api/v3/services': { services: [payload] },
      'api/v3/operations': { operations: [{ name: payload }] },
      'api/v3/trace-summaries': {
        summaries: [
          {
            traceId: payload,
            rootServiceName: payload,
            rootOperationName: payload,
            minStartTimeUnixNano: '1795251600000000000',
            maxEndTimeUnixNano: '1795251600010000000',
            spanCount: 1,
            services: [{ name: payload, spanCount: 1 }],
          },
        ],
      },
    });
    await screen.findByText('1 trace');
    fireEvent.click(screen.getByRole('combobox', { name: 'Service' }));
    expectOnlyText(payload);
  });
});

it('shows characters that would hide or turn text', async () => {
  const spans = [{ id: '01', service: 'web', operation: 'a\u202eb\u0000', at: 0, duration: 10 }];
  openApp(`trace/${ID}`, { [`api/traces/${ID}`]: jaegerTrace(ID, spans) });
  await screen.findByRole('treegrid');
  expect(document.querySelector('h1')?.textContent).toBe('web aU+202EbU+0000');
});
