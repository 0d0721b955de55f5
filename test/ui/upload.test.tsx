import { configure, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { jaegerTrace } from './fixture-trace.ts';
import { openApp } from './open-app.tsx';

// The parts of the page are files of their own; the first to ask for them waits longest.
configure({ asyncUtilTimeout: 10_000 });
vi.setConfig({ testTimeout: 60_000 });

const ID = '0af7651916cd43dd8448eb211c80319c';
const OTHER = 'baf7651916cd43dd8448eb211c80319c';
const SPAN = { id: '01', service: 'web', operation: 'GET /', at: 0, duration: 10_000 };
const spans = [SPAN];
const ANSWERS = {
  'api/v3/services': { services: ['cart'] },
  'api/v3/operations': {},
  'api/transform': jaegerTrace(OTHER, [{ ...SPAN, operation: 'POST /' }]),
};

const file = (name: string, content: unknown): File =>
  new File([typeof content === 'string' ? content : JSON.stringify(content)], name);

async function upload(files: readonly File[]): Promise<void> {
  fireEvent.click(await screen.findByRole('tab', { name: 'Upload' }));
  fireEvent.change(await screen.findByLabelText('Choose files', { selector: 'input' }), {
    target: { files },
  });
}

describe('the upload of files', () => {
  it('shows what they hold as a result, and opens a trace that no storage has', async () => {
    openApp('search', ANSWERS);
    await upload([
      file('jaeger.json', jaegerTrace(ID, spans)),
      file('otlp.jsonl', '{"resourceSpans":[{}]}\n{"resourceSpans":[{}]}'),
      file('bad.json', 'hello'),
    ]);
    await screen.findByText('2 traces', { selector: 'h1' });
    expect(location.search).toBe('?upload');
    const rows = [...document.querySelectorAll('.result-row')];
    expect(rows.map((row) => row.getAttribute('href')).sort()).toEqual([
      `trace/${ID}`,
      `trace/${OTHER}`,
    ]);
    expect(screen.getAllByText('Uploaded', { selector: '.flag' })).toHaveLength(2);
    const files = screen.getByRole('region', { name: 'Files' });
    within(files).getByText('This is no JSON (first at line 1).');
    fireEvent.click(document.querySelector(`a[href="trace/${ID}"]`) ?? document.body);
    await screen.findAllByText(/GET \//);
    expect(location.pathname).toBe(`/base/trace/${ID}`);
    expect(screen.queryByText('This trace is not here')).toBeNull();
    // The query service cannot be asked for it.
    await screen.findByText('Statistics');
    expect(screen.queryByText('Trace JSON')).toBeNull();
  });

  it('says what the server says of OTLP that it cannot read', async () => {
    const refusal = { data: null, errors: [{ code: 400, msg: 'cannot unmarshal OTLP' }] };
    openApp('search', { ...ANSWERS, 'api/transform': Response.json(refusal, { status: 400 }) });
    await upload([file('otlp.json', { resourceSpans: [{}] })]);
    await screen.findByText('The query service answered 400: cannot unmarshal OTLP');
    await screen.findByText('Nothing is uploaded');
  });

  it('leaves out traces without usable times, says so, and shows the others', async () => {
    openApp('search', ANSWERS);
    const bad = JSON.stringify(jaegerTrace(OTHER, spans)).replace(
      /"startTime":[^,}]+/,
      '"startTime":"2026-11-21"',
    );
    await upload([file('bad.json', bad), file('good.json', jaegerTrace(ID, spans))]);
    await screen.findByText('1 trace', { selector: 'h1' });
    screen.getByText(/^1 trace left out: startTime and duration/);
  });

  it('reads the other files when the spans of one are no spans', async () => {
    openApp('search', ANSWERS);
    const bad = { traceID: OTHER, processes: {}, spans: [{ spanID: '1', tags: [1] }] };
    await upload([file('bad.json', bad), file('good.json', jaegerTrace(ID, spans))]);
    await screen.findByText('1 trace', { selector: 'h1' });
    screen.getByText(/^Neither Jaeger’s JSON nor OTLP JSON/);
  });

  it('draws the page for any time that a span may have', async () => {
    const answer = jaegerTrace(OTHER, spans);
    const broken: unknown = JSON.parse(
      JSON.stringify(answer).replace(/"startTime":[^,}]+/, '"startTime":1e22'),
    );
    openApp('search', { ...ANSWERS, 'api/transform': broken });
    await upload([file('otlp.json', { resourceSpans: [{}] })]);
    await screen.findByText('1 trace', { selector: 'h1' });
    expect(document.querySelector('.result-time')?.textContent).toBe('––');
  });

  it('is not offered where the configuration forbids it', async () => {
    openApp('search', ANSWERS, { disableFileUploadControl: true });
    await screen.findByText('Find a trace');
    expect(screen.queryByRole('tab')).toBeNull();
  });

  it('is forgotten when it should be', async () => {
    openApp('search', ANSWERS);
    await upload([file('jaeger.json', jaegerTrace(ID, spans))]);
    await screen.findByText('1 trace', { selector: 'h1' });
    fireEvent.click(screen.getByText('Forget all'));
    await waitFor(() => {
      screen.getByText('Nothing is uploaded');
    });
  });
});
