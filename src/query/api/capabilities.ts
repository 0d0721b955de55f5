import { EXPRESSION_LEVELS, EXPRESSION_OPERATORS } from '../../model/filter-expression.ts';
import type { Endpoint } from './endpoint.ts';
import { jsonText } from './json-text.ts';
import type { CapabilitiesJson } from './v3-json.ts';

/** What searches of this deployment can do, as `jaeger.api_v3.Capabilities` has it. */
export const v3Capabilities: Endpoint = {
  operation: 'get_capabilities',
  method: 'GET',
  path: /^\/api\/v3\/capabilities$/,
  family: 'v3',
  doc: {
    summary: 'What searches can do.',
    path: '/api/v3/capabilities',
    answer: 'v3Capabilities',
    parameters: [],
  },
  answer: (_request, { storage }) => {
    const { filters, withoutService } = storage.reader.capabilities;
    const filter = { levels: EXPRESSION_LEVELS, operators: EXPRESSION_OPERATORS };
    const search: CapabilitiesJson['search'] = {
      ...(withoutService ? { withoutServiceName: true } : {}),
      sameSpanConjunction: true,
      ...(filters ? { filter } : {}),
    };
    return Promise.resolve(jsonText({ search } satisfies CapabilitiesJson));
  },
};
