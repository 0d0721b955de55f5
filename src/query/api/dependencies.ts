import type { Endpoint } from './endpoint.ts';
import type { JaegerDependency } from './jaeger-json.ts';
import { envelopeText } from './json-text.ts';
import { parseInteger } from './parse-parameters.ts';

const DAY_MS = 86_400_000n;

/** Who called whom in `lookback` milliseconds before `endTs`. */
export const dependencies: Endpoint = {
  operation: 'get_dependencies',
  method: 'GET',
  path: /^\/api\/dependencies$/,
  family: 'jaeger',
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
