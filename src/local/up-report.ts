import type { KeptSpans } from './kept-spans.ts';
import type { LocalPort, LocalProcess } from './local-processes.ts';

/** Container ports by what people look for; the order they are shown in. */
const SHOWN: readonly {
  readonly what: string;
  readonly ports: readonly { readonly label: string; readonly names: readonly string[] }[];
}[] = [
  {
    what: 'collector',
    ports: [
      { label: 'otlp grpc', names: ['grpc-otlp'] },
      { label: 'otlp http', names: ['http-otlp'] },
      { label: 'jaeger grpc', names: ['grpc'] },
      { label: 'jaeger http', names: ['c-binary-trft'] },
      { label: 'zipkin', names: ['zipkin'] },
      { label: 'udp', names: ['jg-compact-trft', 'jg-binary-trft'] },
    ],
  },
  { what: 'query', ports: [{ label: 'http', names: ['query'] }] },
  { what: 'sampling', ports: [{ label: 'http', names: ['config-rest'] }] },
  { what: 'hotrod', ports: [{ label: 'http', names: ['http'] }] },
];

/** `● collector   ready   otlp grpc :4317  …`, a line for each part of a process. */
export function addressLines({ ports }: LocalProcess): readonly string[] {
  return SHOWN.flatMap(({ what, ports: wanted }) => {
    const shown = wanted.flatMap(({ label, names }) => {
      const found = names.flatMap((name) => ports.filter((port: LocalPort) => port.name === name));
      return found.length === 0
        ? []
        : [`${label} ${found.map(({ port }) => `:${port}`).join(' ')}`];
    });
    return shown.length === 0 ? [] : [`  ● ${what.padEnd(11)} ready        ${shown.join('  ')}`];
  });
}

/** What a storage on disk had when it was opened, and where. */
export function storageLine({ spans, bytes }: KeptSpans, folder: string): string {
  const amount = `${(bytes / 1e6).toFixed(1)} MB, ${spans.toLocaleString('en-US')} spans`;
  const kept = spans === 0 ? 'empty' : `${amount} kept from last time`;
  return `  ● ${'storage'.padEnd(11)} embedded     ${kept}, in ${folder}`;
}

export interface Places {
  /** Where the query answers, base path included. */
  readonly query: string;
  readonly hasUi: boolean;
  /** undefined without the demo. */
  readonly demo: { readonly url: string; readonly quiet: boolean } | undefined;
  readonly otlpHttp: string;
}

/** Where to look and how to send. */
export function closingLines({ query, hasUi, demo, otlpHttp }: Places): readonly string[] {
  const busy = '   (makes a request a second by itself; --quiet stops that)';
  return [
    '',
    hasUi
      ? `  UI        ${query}`
      : `  UI        not built: run node scripts/build-ui.ts and start again; the API is at ${query}/api`,
    ...(demo === undefined ? [] : [`  Demo      ${demo.url}${demo.quiet ? '' : busy}`]),
    `  Send      OTEL_EXPORTER_OTLP_ENDPOINT=${otlpHttp} node your-app.js`,
    '',
  ];
}
