import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { fetchJson } from './fetch-json.ts';
import {
  jsonObject,
  type JsonObject,
  numberField,
  objectsField,
  textField,
  textsField,
} from './json-shape.ts';

/** How well recent traces of a service can be understood. Texts are '' when they are not given. */
export interface QualityReport {
  readonly docsLink: string;
  readonly banner: string;
  readonly scores: readonly QualityScore[];
  readonly checks: readonly CheckResult[];
  readonly clients: readonly ClientVersion[];
}

export interface QualityScore {
  readonly key: string;
  readonly label: string;
  readonly value: number;
  readonly max: number;
}

export interface CheckResult {
  readonly name: string;
  readonly category: string;
  readonly description: string;
  readonly docsLink: string;
  readonly weight: number;
  readonly passed: Verdicts;
  readonly failed: Verdicts;
  readonly exempt: Verdicts;
}

/** Spans with one outcome, and some of their traces. */
export interface Verdicts {
  readonly count: number;
  readonly examples: readonly QualityExample[];
}

export interface ClientVersion {
  readonly version: string;
  readonly minimum: string;
  readonly spanCount: number;
  readonly examples: readonly QualityExample[];
}

export interface QualityExample {
  readonly traceId: string;
  readonly spanIds: readonly string[];
}

/** `endpoint` is relative to the base path. Nothing is asked without a service. */
export function useTraceQuality(
  endpoint: string,
  service: string,
  hours: number,
): UseQueryResult<QualityReport> {
  return useQuery({
    queryKey: ['trace-quality', endpoint, service, hours],
    staleTime: Infinity,
    enabled: service !== '',
    queryFn: async ({ signal }) => {
      const query = new URLSearchParams({ hours: String(hours), service });
      return readReport(jsonObject(await fetchJson(`${endpoint}?${query}`, signal)));
    },
  });
}

function readReport(report: JsonObject): QualityReport {
  return {
    docsLink: textField(report, 'traceQualityDocumentationLink'),
    banner: readBanner(report['bannerText']),
    scores: objectsField(report, 'scores').map((score) => ({
      key: textField(score, 'key'),
      label: textField(score, 'label'),
      value: numberField(score, 'value'),
      max: numberField(score, 'max'),
    })),
    checks: objectsField(report, 'metrics').map((metric) => ({
      name: textField(metric, 'name'),
      category: textField(metric, 'category'),
      description: textField(metric, 'description'),
      docsLink: textField(metric, 'metricDocumentationLink'),
      weight: numberField(metric, 'metricWeight'),
      passed: readVerdicts(metric, 'pass'),
      failed: readVerdicts(metric, 'failure'),
      exempt: readVerdicts(metric, 'exemption'),
    })),
    clients: objectsField(report, 'clients').map((client) => ({
      version: textField(client, 'version'),
      minimum: textField(client, 'minVersion'),
      spanCount: numberField(client, 'count'),
      examples: objectsField(client, 'examples').map(readExample),
    })),
  };
}

/** A text, or `{value, styling}` of which the text is taken. */
function readBanner(banner: unknown): string {
  if (typeof banner === 'string') return banner;
  return banner === undefined || banner === null ? '' : textField(jsonObject(banner), 'value');
}

function readVerdicts(metric: JsonObject, kind: 'pass' | 'failure' | 'exemption'): Verdicts {
  return {
    count: numberField(metric, `${kind}Count`),
    examples: objectsField(metric, `${kind}Examples`).map(readExample),
  };
}

function readExample(example: JsonObject): QualityExample {
  return { traceId: textField(example, 'traceID'), spanIds: textsField(example, 'spanIDs') };
}
