import { SPAN_KINDS } from '../../model/span.ts';
import type { Operation } from '../../model/trace-query.ts';
import type { ApiDeps, ApiRequest, Endpoint } from './endpoint.ts';
import type { JaegerOperation } from './jaeger-json.ts';
import { envelopeText, jsonText } from './json-text.ts';
import { required } from './parse-parameters.ts';
import type { OperationsJson } from './v3-json.ts';
import { parameter, pathPart, PRETTY, REQUIRED_SERVICE, SERVICE } from './endpoint-doc.ts';

const SPAN_KIND = parameter('spanKind', 'Kind of spans.', { values: SPAN_KINDS.slice(1) });

export const operations: Endpoint = {
  operation: 'get_operations',
  method: 'GET',
  path: /^\/api\/operations$/,
  family: 'jaeger',
  doc: {
    summary: 'Operations of a service.',
    path: '/api/operations',
    answer: 'operations',
    parameters: [REQUIRED_SERVICE, SPAN_KIND, PRETTY],
  },
  answer: async (request, deps) => {
    const service = required(request.parameters, 'service');
    const found = await find(request, deps, service);
    const data = found.map(({ name, spanKind }): JaegerOperation => ({
      name,
      spanKind: spanKind === 'unspecified' ? '' : spanKind,
    }));
    return envelopeText(data, request.parameters, { total: data.length });
  },
};

/** The older form: names only, null where there are none. */
export const serviceOperations: Endpoint = {
  operation: 'get_operations',
  method: 'GET',
  path: /^\/api\/services\/([^/]+)\/operations$/,
  family: 'jaeger',
  doc: {
    summary: 'Names of operations of a service.',
    path: '/api/services/{service}/operations',
    answer: 'operationNames',
    parameters: [pathPart('service', 'Name of a service.'), PRETTY],
  },
  answer: async ({ name, parameters, tenant }, { storage }) => {
    const found = await storage.reader.operations(tenant, name);
    const names = [...new Set(found.map((operation) => operation.name))];
    return envelopeText(names.length === 0 ? null : names, parameters, { total: names.length });
  },
};

/** No service is one without operations, as Jaeger's gateway has it. */
export const v3Operations: Endpoint = {
  operation: 'get_operations',
  method: 'GET',
  path: /^\/api\/v3\/operations$/,
  family: 'v3',
  doc: {
    summary: 'Operations of a service.',
    path: '/api/v3/operations',
    answer: 'v3Operations',
    parameters: [SERVICE, SPAN_KIND],
  },
  answer: async (request, deps) => {
    const service = request.parameters.get('service') ?? '';
    const found = await find(request, deps, service);
    const body: OperationsJson = {
      operations: found.map(({ name, spanKind }) => ({
        name,
        spanKind: spanKind === 'unspecified' ? 'internal' : spanKind,
      })),
    };
    return jsonText(body);
  },
};

/** A kind that does not exist has no operations. */
async function find(
  { parameters, tenant }: ApiRequest,
  { storage }: ApiDeps,
  service: string,
): Promise<readonly Operation[]> {
  const text = parameters.get('spanKind') ?? parameters.get('span_kind') ?? '';
  if (text === '') return storage.reader.operations(tenant, service);
  const kind = SPAN_KINDS.find((known) => known === text);
  return kind === undefined ? [] : storage.reader.operations(tenant, service, kind);
}
