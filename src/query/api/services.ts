import type { Endpoint } from './endpoint.ts';
import { envelopeText, jsonText } from './json-text.ts';
import type { ServicesJson } from './v3-json.ts';
import { PRETTY } from './endpoint-doc.ts';

/** Jaeger v1 says null where there are none. */
export const services: Endpoint = {
  operation: 'get_services',
  method: 'GET',
  path: /^\/api\/services$/,
  family: 'jaeger',
  doc: {
    summary: 'Names of services.',
    path: '/api/services',
    answer: 'services',
    parameters: [PRETTY],
  },
  answer: async ({ parameters, tenant }, { storage }) => {
    const names = await storage.reader.services(tenant);
    return envelopeText(names.length === 0 ? null : names, parameters, { total: names.length });
  },
};

export const v3Services: Endpoint = {
  operation: 'get_services',
  method: 'GET',
  path: /^\/api\/v3\/services$/,
  family: 'v3',
  doc: {
    summary: 'Names of services.',
    path: '/api/v3/services',
    answer: 'v3Services',
    parameters: [],
  },
  answer: async ({ tenant }, { storage }) => {
    const body: ServicesJson = { services: await storage.reader.services(tenant) };
    return jsonText(body);
  },
};
