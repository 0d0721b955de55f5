import { describe, expect, it } from 'vitest';
import { addressLines, closingLines, storageLine } from '../../src/local/up-report.ts';

describe('addressLines', () => {
  it('has a line for each part, and one label for ports of one kind', () => {
    const port = (name: string, number: number, transport: 'tcp' | 'udp' = 'tcp') =>
      ({ name, port: number, transport }) as const;
    const ports = [
      port('jg-compact-trft', 6831, 'udp'),
      port('jg-binary-trft', 6832, 'udp'),
      port('zipkin', 9411),
      port('grpc', 14_250),
      port('c-binary-trft', 14_268),
      port('grpc-otlp', 4317),
      port('query', 16_686),
      port('health', 13_133),
    ];
    expect(addressLines({ name: 'shop', args: [], env: {}, files: [], ports })).toEqual([
      '  ● collector   ready        otlp grpc :4317  jaeger grpc :14250  jaeger http :14268  ' +
        'zipkin :9411  udp :6831 :6832',
      '  ● query       ready        http :16686',
    ]);
  });
});

describe('closingLines', () => {
  const places = { query: 'http://localhost:1/jaeger', otlpHttp: 'http://localhost:3' };

  it('says where to look and how to send', () => {
    const demo = { url: 'http://localhost:2', quiet: true };
    expect(closingLines({ ...places, hasUi: true, demo })).toEqual([
      '',
      '  UI        http://localhost:1/jaeger',
      '  Demo      http://localhost:2',
      '  Send      OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:3 node your-app.js',
      '',
    ]);
  });

  it('says how to build the UI when there is none', () => {
    expect(closingLines({ ...places, hasUi: false, demo: undefined })).toContain(
      '  UI        not built: run node scripts/build-ui.ts and start again; ' +
        'the API is at http://localhost:1/jaeger/api',
    );
  });
});

describe('storageLine', () => {
  it('says what was kept and where, or that there is nothing', () => {
    const folder = '/data/shop';
    expect(storageLine({ spans: 31_870, bytes: 12_400_000 }, folder)).toBe(
      '  ● storage     embedded     12.4 MB, 31,870 spans kept from last time, in /data/shop',
    );
    expect(storageLine({ spans: 0, bytes: 4096 }, folder)).toBe(
      '  ● storage     embedded     empty, in /data/shop',
    );
  });
});
