import { bounded } from './answer-body.ts';
import { ApiError } from './api-error.ts';
import type { Endpoint } from './endpoint.ts';
import type { JaegerDependency } from './jaeger-json.ts';
import { envelopeText, jsonText } from './json-text.ts';
import { parseInteger } from './parse-parameters.ts';
import { parseV3Window } from './parse-v3-parameters.ts';
import type { DependencyJson } from './v3-json.ts';
import { parameter, PRETTY, SERVICE } from './endpoint-doc.ts';
import { V3_WINDOW } from './search-docs.ts';

const NANOS_PER_MS = 1_000_000n;
const DAY_MS = 86_400_000n;

/** Who called whom in `lookback` milliseconds before `endTs`. */
export const dependencies: Endpoint = {
  operation: 'get_dependencies',
  method: 'GET',
  path: /^\/api\/dependencies$/,
  family: 'jaeger',
  doc: {
    summary: 'Who called whom.',
    path: '/api/dependencies',
    answer: 'dependencies',
    parameters: [
      parameter('endTs', 'End of the time, milliseconds since 1970.', { type: 'integer' }),
      parameter('lookback', 'Length of the time in milliseconds.', { type: 'integer' }),
      SERVICE,
      PRETTY,
    ],
  },
  answer: async ({ nowMs, parameters, tenant }, { storage }) => {
    const end = parseInteger(parameters, 'endTs') ?? BigInt(nowMs);
    const lookback = parseInteger(parameters, 'lookback') ?? DAY_MS;
    const service = parameters.get('service') ?? '';
    const links = await storage.dependencies.links(tenant, Number(end - lookback), Number(end));
    const data = links
      .filter(({ child, parent }) => service === '' || child === service || parent === service)
      .map(({ child, parent, callCount }): JaegerDependency => ({ parent, child, callCount }));
    return envelopeText(data, parameters);
  },
};

/** The same between `startTime` and `endTime`. */
export const v3Dependencies: Endpoint = {
  operation: 'get_dependencies',
  method: 'GET',
  path: /^\/api\/v3\/dependencies$/,
  family: 'v3',
  doc: {
    summary: 'Who called whom.',
    path: '/api/v3/dependencies',
    answer: 'v3Dependencies',
    parameters: V3_WINDOW.map((one) => ({ ...one, isRequired: true })),
  },
  answer: async ({ parameters, tenant }, { limits, storage }) => {
    const { endNano, startNano } = parseV3Window(parameters);
    if (startNano === undefined || endNano === undefined) {
      throw new ApiError(400, 'startTime and endTime are required');
    }
    const [start, end] = [startNano / NANOS_PER_MS, endNano / NANOS_PER_MS];
    const links = await storage.dependencies.links(tenant, Number(start), Number(end));
    const dependencies = links.map(({ callCount, child, parent }): DependencyJson => ({
      ...{ parent, child },
      callCount: String(callCount),
    }));
    return bounded(jsonText(dependencies.length === 0 ? {} : { dependencies }), limits);
  },
};
