import type { LocalPort, LocalProcess } from './local-processes.ts';

/** Container ports by what people look for; the order they are shown in. */
const SHOWN: readonly {
  readonly what: string;
  readonly names: readonly (readonly [name: string, label: string])[];
}[] = [
  {
    what: 'collector',
    names: [
      ['grpc-otlp', 'otlp grpc'],
      ['http-otlp', 'otlp http'],
      ['c-binary-trft', 'jaeger http'],
      ['jg-compact-trft', 'udp'],
      ['jg-binary-trft', 'udp'],
    ],
  },
  { what: 'query', names: [['query', 'http']] },
  { what: 'sampling', names: [['config-rest', 'http']] },
  { what: 'hotrod', names: [['http', 'http']] },
];

/** `● collector   ready   otlp grpc :4317  …`, a line for each part of a process. */
export function addressLines({ ports }: LocalProcess): readonly string[] {
  return SHOWN.flatMap(({ what, names }) => {
    const shown = names.flatMap(([name, label]) => {
      const port = ports.find((candidate: LocalPort) => candidate.name === name);
      return port === undefined ? [] : [`${label} :${port.port}`];
    });
    return shown.length === 0 ? [] : [`  ● ${what.padEnd(11)} ready        ${shown.join('  ')}`];
  });
}

/** Where to look and how to send. */
export function closingLines({
  portOffset,
  demo,
}: {
  readonly portOffset: number;
  readonly demo: boolean;
}): readonly string[] {
  const at = (port: number): string => `http://localhost:${port + portOffset}`;
  return [
    '',
    `  UI        ${at(16_686)}`,
    ...(demo
      ? [`  Demo      ${at(8080)}   (makes a request a second by itself; --quiet stops that)`]
      : []),
    `  Send      OTEL_EXPORTER_OTLP_ENDPOINT=${at(4318)} node your-app.js`,
    '',
  ];
}
